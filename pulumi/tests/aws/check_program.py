#!/usr/bin/env python3
"""Checks the program that rps-infra prints against the types of the official AWS package, without AWS or Pulumi.

The stand-in provider only knows the properties that somebody wrote down for it, so a test against it cannot tell a
property that AWS lacks from one the stand-in ignores. This can: it asks the package that real deployments are typed by.

Usage: check_program.py FILE|- [--config KEY]...
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sdk_types as sdk
from program_values import Fault, Names, Values, meant

RESOURCE_KEYS = {"type", "name", "defaultProvider", "properties", "options", "get"}

REFERENCES = object()
"""Marks the options whose value names whole resources."""

OPTIONS: dict[str, Any] = {
    "additionalSecretOutputs": sdk.ListOf(sdk.STRING),
    "aliases": sdk.ANY,
    "customTimeouts": sdk.MapOf(sdk.STRING),
    "deleteBeforeReplace": sdk.BOOLEAN,
    "deletedWith": REFERENCES,
    "dependsOn": REFERENCES,
    "envVarMappings": sdk.MapOf(sdk.STRING),
    "hideDiffs": sdk.ListOf(sdk.STRING),
    "ignoreChanges": sdk.ListOf(sdk.STRING),
    "import": sdk.STRING,
    "parent": REFERENCES,
    "pluginDownloadURL": sdk.STRING,
    "protect": sdk.BOOLEAN,
    "provider": REFERENCES,
    "providers": REFERENCES,
    "replaceOnChanges": sdk.ListOf(sdk.STRING),
    "replaceWith": REFERENCES,
    "replacementTrigger": sdk.ANY,
    "retainOnDelete": sdk.BOOLEAN,
    "version": sdk.STRING,
}
"""The options of Pulumi YAML and what they take. They belong to the language, so no package lists them."""


class Check:
    """All faults of one program."""

    def __init__(self, program: dict[str, Any], config: Iterable[str] = ()) -> None:
        self.resources: dict[str, Any] = program.get("resources") or {}
        self.outputs: dict[str, Any] = program.get("outputs") or {}
        self.variables: dict[str, Any] = program.get("variables") or {}
        self.faults: list[str] = []
        known = {name: sdk.resource(_type(body)) for name, body in self.resources.items()}
        free = {*config, *(program.get("config") or {}), *self.variables}
        self.names = Names({name: found for name, found in known.items() if found}, set(known), free)

    def run(self) -> list[str]:
        """The faults, each as the line to print."""
        for name, body in self.resources.items():
            self._resource(f"resource {name} ({_type(body) or 'no type'})", body)
        for name, value in self.variables.items():
            self._values(f"variable {name}").value("", value, sdk.ANY)
        for name, value in self.outputs.items():
            self._values(f"output {name}").value("", value, sdk.ANY)
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
            self._option(values, option, value)

    def _option(self, values: Values, option: str, value: Any) -> None:
        where = f"options.{option}"
        takes = OPTIONS.get(option)
        if takes is None:
            values.report(Fault("", f"{option} is not an option{meant(option, OPTIONS)}"))
        elif takes is REFERENCES:
            values.whole_resources(where, value)
        else:
            values.value(where, value, takes)
        if option == "version" and value != sdk.VERSION:
            values.report(Fault(where, f"is {value}, but this check knows {sdk.VERSION}: install pulumi-aws=={value}"))


def _type(body: Any) -> str:
    token = body.get("type") if isinstance(body, dict) else None
    return token if isinstance(token, str) else ""


def main() -> int:
    """Reads, checks, prints. The exit code is 1 if anything is wrong."""
    arguments = argparse.ArgumentParser(description="Checks a Pulumi YAML program, as JSON, against pulumi_aws.")
    arguments.add_argument("program", help="the file, or - for the standard input")
    arguments.add_argument("--config", action="append", default=[], metavar="KEY", help="a key of Pulumi.yaml")
    given = arguments.parse_args()
    text = sys.stdin.read() if given.program == "-" else Path(given.program).read_text(encoding="utf-8")
    try:
        program = json.loads(text)
    except json.JSONDecodeError as error:
        sys.exit(f"{given.program} is not JSON, which rps-infra prints: {error}")
    if not isinstance(program, dict):
        sys.exit(f"{given.program} is not an object with resources and outputs, which rps-infra prints")
    check = Check(program, given.config)
    for fault in check.run():
        print(fault)
    if not check.faults:
        print(f"{len(check.resources)} resources, {len(check.outputs)} outputs: as pulumi_aws {sdk.VERSION} has them")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
