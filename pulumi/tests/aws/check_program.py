#!/usr/bin/env python3
"""Checks the program that rps-infra prints against the types of the official AWS package, without AWS or Pulumi.

The stand-in provider only knows the properties that somebody wrote down for it, so a test against it cannot tell a
property that AWS lacks from one the stand-in ignores. This can: it asks the package that real deployments are typed by.

It reads the program from the standard input.
"""

import json
import sys
from typing import Any

import sdk_types as sdk
from program_values import Fault, Names, Values, meant

RESOURCE_KEYS = {"type", "name", "defaultProvider", "properties", "options", "get"}

REFERENCES = object()
"""Marks the options whose value names whole resources."""

OPTIONS: dict[str, Any] = {
    "deleteBeforeReplace": sdk.BOOLEAN,
    "dependsOn": REFERENCES,
    "protect": sdk.BOOLEAN,
    "version": sdk.STRING,
}
"""The options that the program uses, and what they take. They belong to the language, so no package lists them."""


class Check:
    """All faults of one program."""

    def __init__(self, program: dict[str, Any]) -> None:
        self.resources: dict[str, Any] = program.get("resources") or {}
        self.outputs: dict[str, Any] = program.get("outputs") or {}
        self.variables: dict[str, Any] = program.get("variables") or {}
        self.faults: list[str] = []
        known = {name: sdk.resource(_type(body)) for name, body in self.resources.items()}
        self.names = Names({name: found for name, found in known.items() if found}, set(known), set(self.variables))

    def run(self) -> list[str]:
        """The faults, each as the line to print."""
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
                values.report(Fault("", f"{key} is not a part of a resource{meant(key, RESOURCE_KEYS)}"))
        known = sdk.resource(token)
        if known is None:
            values.report(Fault("", f"there is no such type{meant(token, sdk.names_in_module(token))}"))
        else:
            values.properties("", body.get("properties") or {}, known.inputs)
        self._options(values, body.get("options") or {})

    def _options(self, values: Values, options: Any) -> None:
        if not isinstance(options, dict):
            values.report(Fault("options", f"is {options!r}, but must be an object"))
            return
        for option, value in options.items():
            where, takes = f"options.{option}", OPTIONS.get(option)
            if takes is None:
                values.report(Fault("", f"{option} is not an option{meant(option, OPTIONS)}"))
            elif takes is REFERENCES:
                values.whole_resources(where, value)
            else:
                values.value(where, value, takes)
        version = options.get("version", sdk.VERSION)
        if version != sdk.VERSION:
            must = f"but this check knows {sdk.VERSION}: install pulumi-aws=={version}"
            values.report(Fault("options.version", f"is {version}, {must}"))


def _type(body: Any) -> str:
    token = body.get("type") if isinstance(body, dict) else None
    return token if isinstance(token, str) else ""


def main() -> int:
    """Reads, checks, prints. The exit code is 1 if anything is wrong."""
    check = Check(json.load(sys.stdin))
    for fault in check.run():
        print(fault)
    if not check.faults:
        print(f"{len(check.resources)} resources, {len(check.outputs)} outputs: as pulumi_aws {sdk.VERSION} has them")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
