#!/usr/bin/env python3
"""Checks the program that rps-infra prints against the types of the official AWS package, without AWS or Pulumi.

The fake provider supports only a list of properties. This check uses the real provider's types, so it also finds
properties that do not exist in AWS.

It reads the program from the standard input.
"""

import json
import sys
from typing import Any

import sdk_types as sdk
from value_checks import Fault, Names, Values, suggestion

RESOURCE_KEYS = {"type", "name", "defaultProvider", "properties", "options", "get"}

REFERENCES = object()
"""Marks the options whose values are references to whole resources."""

OPTIONS: dict[str, Any] = {
    "deleteBeforeReplace": sdk.BOOLEAN,
    "dependsOn": REFERENCES,
    "protect": sdk.BOOLEAN,
    "replaceOnChanges": sdk.ListOf(sdk.STRING),
    "retainOnDelete": sdk.BOOLEAN,
    "version": sdk.STRING,
}
"""The options that the program uses, and their types. They belong to the language, so no package contains them."""


class Check:
    """Finds the faults of one program."""

    def __init__(self, program: dict[str, Any]) -> None:
        self.resources: dict[str, Any] = program.get("resources") or {}
        self.outputs: dict[str, Any] = program.get("outputs") or {}
        self.variables: dict[str, Any] = program.get("variables") or {}
        self.faults: list[str] = []
        types = {name: sdk.resource(_type(body)) for name, body in self.resources.items()}
        known_types = {name: resource for name, resource in types.items() if resource}
        self.names = Names(known_types, set(types), set(self.variables))

    def run(self) -> list[str]:
        """Returns one line per fault."""
        for name, body in self.resources.items():
            self._resource(f"resource {name} ({_type(body) or 'no type'})", body)
        for kind, values in (("variable", self.variables), ("output", self.outputs)):
            for name, value in values.items():
                self._values(f"{kind} {name}").value("", value, sdk.ANY)
        return self.faults

    def _values(self, subject: str) -> Values:
        return Values(self.names, lambda fault: self.faults.append(f"{subject}: {fault}"))

    def _resource(self, subject: str, body: Any) -> None:
        values, token = self._values(subject), _type(body)
        if not isinstance(body, dict):
            values.report(Fault("", f"is {body!r}, but must be an object"))
            return
        for key in body:
            if key not in RESOURCE_KEYS:
                values.report(Fault("", f"unknown member {key} of a resource{suggestion(key, RESOURCE_KEYS)}"))
        resource = sdk.resource(token)
        if resource is None:
            values.report(Fault("", f"unknown type{suggestion(token, sdk.names_in_module(token))}"))
        else:
            values.properties("", body.get("properties") or {}, resource.inputs)
        self._options(values, body.get("options") or {})

    def _options(self, values: Values, options: Any) -> None:
        if not isinstance(options, dict):
            values.report(Fault("options", f"is {options!r}, but must be an object"))
            return
        for option, value in options.items():
            where, shape = f"options.{option}", OPTIONS.get(option)
            if shape is None:
                values.report(Fault("", f"unknown option {option}{suggestion(option, OPTIONS)}"))
            elif shape is REFERENCES:
                values.whole_resources(where, value)
            else:
                values.value(where, value, shape)
        version = options.get("version", sdk.VERSION)
        if version != sdk.VERSION:
            remedy = f"but this check uses {sdk.VERSION}: install pulumi-aws=={version}"
            values.report(Fault("options.version", f"is {version}, {remedy}"))


def _type(body: Any) -> str:
    token = body.get("type") if isinstance(body, dict) else None
    return token if isinstance(token, str) else ""


def main() -> int:
    """Prints the faults. The exit code is 1 if there are any."""
    check = Check(json.load(sys.stdin))
    for fault in check.run():
        print(fault)
    if not check.faults:
        print(f"{len(check.resources)} resources and {len(check.outputs)} outputs match pulumi_aws {sdk.VERSION}")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
