"""A test replacement for `pulumi-resource-aws`: the same protocol and types, with an emulator instead of AWS."""
