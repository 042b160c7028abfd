"""A provider that stands in for `pulumi-resource-aws`: the same protocol and types, an emulator instead of AWS."""
