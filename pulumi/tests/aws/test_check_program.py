#!/usr/bin/env python3
"""Plants one fault at a time in a program that is right, and sees each found and named."""

import copy
import io
import json
import sys
import unittest
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any
from unittest import mock

import check_program
import sdk_types as sdk

Program = dict[str, Any]


def good_program() -> Program:
    """A small program that uses every kind of value, reference and option."""
    return {
        "name": "sample",
        "config": {"windowS": {"type": "integer", "default": 5}},
        "variables": {"cause": "a $${literal} dollar"},
        "resources": {
            "games": {
                "type": "aws:dynamodb:Table",
                "properties": {
                    "name": "games-${pulumi.stack}",
                    "hashKey": "pk",
                    "attributes": [{"name": "pk", "type": "S"}],
                    "readCapacity": 5,
                    "ttl": {"attributeName": "ttl", "enabled": True},
                    "tags": {"project": "sample"},
                },
                "options": {"version": sdk.VERSION, "protect": False},
            },
            "dead": {"type": "aws:sqs:Queue"},
            "rounds": {
                "type": "aws:sqs/queue:Queue",
                "properties": {
                    "visibilityTimeoutSeconds": "${windowS}",
                    "redrivePolicy": {"fn::toJSON": {"deadLetterTargetArn": "${dead.arn}", "maxReceiveCount": 5}},
                },
                "options": {"dependsOn": ["${dead}"], "deleteBeforeReplace": True},
            },
            "role": {"type": "aws:iam:Role", "properties": {"assumeRolePolicy": "{}", "description": "${cause}"}},
            "decide": {
                "type": "aws:lambda:Function",
                "properties": {
                    "role": "${role.arn}",
                    "code": {"fn::fileArchive": "decide.zip"},
                    "environment": {"variables": {"TABLE": "${games.name}"}},
                    "timeout": "${rounds.visibilityTimeoutSeconds}",
                    "architectures": ["arm64"],
                },
                "options": {"parent": "${role}"},
            },
            "may": {
                "type": "aws:iam:RolePolicy",
                "properties": {"role": "${role.name}", "policy": {"Version": "2012-10-17", "Statement": []}},
            },
            "slow": {"type": "aws:cloudwatch:MetricAlarm", "properties": {"threshold": 1}},
        },
        "outputs": {
            "queue": "${rounds.url}",
            "key": "at ${games.attributes[0].name}",
            "ttl": "${games.ttl.attributeName}",
            "tag": '${games.tags["project"]}',
            "policy": {"fn::toJSON": {"id": "${role.id}"}},
        },
    }


def faults_of(program: Program) -> list[str]:
    """What the check says of a program, without any output."""
    return check_program.Check(program).run()


FAULTS: dict[str, tuple[list[Any], Any, str]] = {
    "misspelt token": (
        ["resources", "dead", "type"],
        "aws:sqs:Qeueue",
        "resource dead (aws:sqs:Qeueue): there is no such type; did you mean aws:sqs:Queue?",
    ),
    "token of no module": (["resources", "dead", "type"], "aws:queues:Queue", "there is no such type"),
    "token in the wrong case": (["resources", "dead", "type"], "aws:sqs:queue", "there is no such type"),
    "no type": (["resources", "dead"], {}, "resource dead (no type): there is no such type"),
    "misspelt property": (
        ["resources", "games", "properties", "hashkey"],
        "pk",
        "resource games (aws:dynamodb:Table): hashkey: no such property; did you mean hashKey?",
    ),
    "misspelt nested property": (
        ["resources", "games", "properties", "attributes", 0, "nme"],
        "pk",
        "resource games (aws:dynamodb:Table): attributes[0].nme: no such property; did you mean name?",
    ),
    "missing property": (
        ["resources", "role", "properties"],
        {},
        "resource role (aws:iam:Role): assumeRolePolicy: is required, but missing",
    ),
    "missing nested property": (
        ["resources", "games", "properties", "attributes", 0],
        {"name": "pk"},
        "resource games (aws:dynamodb:Table): attributes[0].type: is required, but missing",
    ),
    "text for a number": (
        ["resources", "games", "properties", "readCapacity"],
        "five",
        "readCapacity: is 'five', but must be an integer",
    ),
    "fraction for an integer": (["resources", "games", "properties", "readCapacity"], 1.5, "must be an integer"),
    "boolean for an integer": (["resources", "games", "properties", "readCapacity"], True, "must be an integer"),
    "text around a reference for a number": (
        ["resources", "rounds", "properties", "visibilityTimeoutSeconds"],
        "${windowS}0",
        "visibilityTimeoutSeconds: is '${windowS}0', but must be an integer",
    ),
    "number for a text": (["resources", "games", "properties", "hashKey"], 7, "hashKey: is 7, but must be a string"),
    "text for a boolean": (
        ["resources", "games", "properties", "ttl", "enabled"],
        "true",
        "ttl.enabled: is 'true', but must be a boolean",
    ),
    "text for a list": (["resources", "decide", "properties", "architectures"], "arm64", "must be a list"),
    "list for a text": (["resources", "games", "properties", "hashKey"], ["pk"], "must be a string"),
    "text for an object": (["resources", "games", "properties", "ttl"], "ttl", "ttl: is 'ttl', but must be an object"),
    "list for a map": (["resources", "games", "properties", "tags"], ["a"], "tags: is ['a'], but must be a map"),
    "number in a map of texts": (
        ["resources", "decide", "properties", "environment", "variables", "ROUNDS"],
        5,
        "environment.variables.ROUNDS: is 5, but must be a string",
    ),
    "part that a policy lacks": (
        ["resources", "may", "properties", "policy", "Sttement"],
        [],
        "resource may (aws:iam:RolePolicy): policy.Sttement: no such property; did you mean Statement?",
    ),
    "number for a policy": (["resources", "may", "properties", "policy"], 5, "must be a string or an object"),
    "path for an archive": (["resources", "decide", "properties", "code"], "decide.zip", "must be an archive"),
    "asset for a text": (
        ["resources", "decide", "properties", "handler"],
        {"fn::fileAsset": "handler"},
        "handler: fn::fileAsset yields an asset, but it must be a string",
    ),
    "output that the type lacks": (
        ["resources", "decide", "properties", "role"],
        "${role.arm}",
        "resource decide (aws:lambda:Function): role: ${role.arm}: there is no arm; did you mean arn?",
    ),
    "nested output that the type lacks": (
        ["outputs", "ttl"],
        "${games.ttl.attribute}",
        "output ttl: ${games.ttl.attribute}: there is no attribute",
    ),
    "step that the type lacks": (
        ["outputs", "key"],
        "${games.attributes.name}",
        "output key: ${games.attributes.name}: there is no name",
    ),
    "output of the wrong kind": (
        ["resources", "decide", "properties", "timeout"],
        "${role.arn}",
        "timeout: ${role.arn} is a string, but must be an integer",
    ),
    "unknown resource": (
        ["outputs", "queue"],
        "${round.url}",
        "output queue: ${round.url}: nothing is named round; did you mean rounds?",
    ),
    "unknown resource in a call": (
        ["resources", "rounds", "properties", "redrivePolicy", "fn::toJSON", "deadLetterTargetArn"],
        "${ded.arn}",
        "redrivePolicy.fn::toJSON.deadLetterTargetArn: ${ded.arn}: nothing is named ded; did you mean dead?",
    ),
    "unknown part of pulumi": (["outputs", "queue"], "${pulumi.stak}", "output queue: ${pulumi.stak}: pulumi knows"),
    "whole resource for a text": (
        ["resources", "games", "properties", "hashKey"],
        "${role}",
        "hashKey: ${role} is a whole resource: name one of its outputs",
    ),
    "reference without end": (["outputs", "queue"], "${rounds.url", "output queue: ${rounds.url is not a reference"),
    "reference without name": (["outputs", "queue"], "at ${} there", "output queue: ${} is not a reference"),
    "text for a resource": (["resources", "dead"], "dead", "resource dead (no type): is 'dead', but must be an object"),
    "list for options": (
        ["resources", "games", "options"],
        ["protect"],
        "options: is ['protect'], but must be an object",
    ),
    "unknown function": (
        ["resources", "decide", "properties", "code"],
        {"fn::fileArchve": "decide.zip"},
        "code: there is no function fn::fileArchve; did you mean fn::fileArchive?",
    ),
    "unknown option": (
        ["resources", "rounds", "options", "dependOn"],
        [],
        "resource rounds (aws:sqs/queue:Queue): dependOn is not an option; did you mean dependsOn?",
    ),
    "option of the wrong kind": (
        ["resources", "games", "options", "protect"],
        "yes",
        "options.protect: is 'yes', but must be a boolean",
    ),
    "output where an option takes a resource": (
        ["resources", "rounds", "options", "dependsOn", 0],
        "${dead.arn}",
        "options.dependsOn[0]: is '${dead.arn}', but must be a resource, written ${name}",
    ),
    "unknown resource in an option": (
        ["resources", "decide", "options", "parent"],
        "${roles}",
        "options.parent: ${roles}: nothing is named roles; did you mean role?",
    ),
    "another version": (
        ["resources", "games", "options", "version"],
        "1.0.0",
        f"options.version: is 1.0.0, but this check knows {sdk.VERSION}",
    ),
    "unknown part of a resource": (
        ["resources", "dead", "propertys"],
        {},
        "resource dead (aws:sqs:Queue): propertys is not a part of a resource; did you mean properties?",
    ),
}
"""Where to plant what, and what must be said of it."""


class PlantedFaults(unittest.TestCase):
    """One fault, one line that names it."""

    def test_the_program_is_right_without_them(self) -> None:
        self.assertEqual(faults_of(good_program()), [])


def _planted(path: list[Any], value: Any, said: str) -> Callable[[PlantedFaults], None]:
    def test(self: PlantedFaults) -> None:
        program = copy.deepcopy(good_program())
        at: Any = program
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        faults = faults_of(program)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(said, faults[0])

    return test


for _name, _fault in FAULTS.items():
    setattr(PlantedFaults, f"test_{_name.replace(' ', '_')}", _planted(*_fault))


class Command(unittest.TestCase):
    """What a caller sees: the exit code and the lines."""

    def run_on(self, program: Program, *arguments: str) -> tuple[int, str]:
        printed = io.StringIO()
        streams: dict[str, Any] = {
            "argv": ["check_program.py", "-", *arguments],
            "stdin": io.StringIO(json.dumps(program)),
        }
        with mock.patch.multiple(sys, **streams), redirect_stdout(printed):
            code = check_program.main()
        return code, printed.getvalue()

    def test_counts_what_is_right(self) -> None:
        code, printed = self.run_on(good_program())
        self.assertEqual((code, printed), (0, f"7 resources, 5 outputs: as pulumi_aws {sdk.VERSION} has them\n"))

    def test_fails_with_every_fault(self) -> None:
        program = good_program()
        program["outputs"] |= {"one": "${nobody.arn}", "two": "${role.nothing}"}
        code, printed = self.run_on(program)
        self.assertEqual((code, len(printed.splitlines())), (1, 2), printed)

    def test_takes_keys_that_the_project_declares(self) -> None:
        program = good_program()
        program["outputs"]["page"] = "${domain}"
        self.assertEqual(self.run_on(program)[0], 1)
        self.assertEqual(self.run_on(program, "--config", "domain")[0], 0)


if __name__ == "__main__":
    unittest.main()
