#!/usr/bin/env python3
"""Inserts single faults into a correct program, and expects the check to report each."""

import io
import json
import unittest
from contextlib import redirect_stdout
from copy import deepcopy
from typing import Any
from unittest import mock

import check_program
import sdk_types as sdk

Program = dict[str, Any]


# This program contains every kind of value, reference and option.
GOOD_PROGRAM: Program = {
    "name": "sample",
    "variables": {"cause": "a $${literal} dollar", "windowS": 5},
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
    """The faults that the check finds."""
    return check_program.Check(program).run()


FAULTS = """\
resources.dead.type = "aws:sqs:Qeueue"
    resource dead (aws:sqs:Qeueue): unknown type; did you mean aws:sqs:Queue?
resources.dead.type = "aws:queues:Queue"
    unknown type
resources.dead.type = "aws:sqs:queue"
    unknown type
resources.dead = {}
    resource dead (no type): unknown type
resources.games.properties.hashkey = "pk"
    resource games (aws:dynamodb:Table): hashkey: unknown property; did you mean hashKey?
resources.games.properties.attributes.0.nme = "pk"
    resource games (aws:dynamodb:Table): attributes[0].nme: unknown property; did you mean name?
resources.role.properties = {}
    resource role (aws:iam:Role): assumeRolePolicy: is required, but missing
resources.games.properties.attributes.0 = {"name": "pk"}
    resource games (aws:dynamodb:Table): attributes[0].type: is required, but missing
resources.games.properties.readCapacity = "five"
    readCapacity: is 'five', but must be an integer
resources.games.properties.readCapacity = 1.5
    must be an integer
resources.games.properties.readCapacity = true
    must be an integer
resources.rounds.properties.visibilityTimeoutSeconds = "${windowS}0"
    visibilityTimeoutSeconds: is '${windowS}0', but must be an integer
resources.games.properties.hashKey = 7
    hashKey: is 7, but must be a string
resources.games.properties.ttl.enabled = "true"
    ttl.enabled: is 'true', but must be a boolean
resources.decide.properties.architectures = "arm64"
    must be a list
resources.games.properties.hashKey = ["pk"]
    must be a string
resources.games.properties.ttl = "ttl"
    ttl: is 'ttl', but must be an object
resources.games.properties.tags = ["a"]
    tags: is ['a'], but must be a map
resources.decide.properties.environment.variables.ROUNDS = 5
    environment.variables.ROUNDS: is 5, but must be a string
resources.may.properties.policy.Sttement = []
    resource may (aws:iam:RolePolicy): policy.Sttement: unknown property; did you mean Statement?
resources.may.properties.policy = 5
    must be a string or an object
resources.decide.properties.code = "decide.zip"
    must be an archive
resources.decide.properties.handler = {"fn::fileAsset": "handler"}
    handler: fn::fileAsset returns an asset, but it must be a string
resources.decide.properties.role = "${role.arm}"
    resource decide (aws:lambda:Function): role: ${role.arm}: unknown arm; did you mean arn?
outputs.ttl = "${games.ttl.attribute}"
    output ttl: ${games.ttl.attribute}: unknown attribute
outputs.key = "${games.attributes.name}"
    output key: ${games.attributes.name}: unknown name
resources.decide.properties.timeout = "${role.arn}"
    timeout: ${role.arn} is a string, but must be an integer
outputs.queue = "${round.url}"
    output queue: ${round.url}: unknown name round; did you mean rounds?
resources.rounds.properties.redrivePolicy.fn::toJSON.deadLetterTargetArn = "${ded.arn}"
    redrivePolicy.fn::toJSON.deadLetterTargetArn: ${ded.arn}: unknown name ded; did you mean dead?
outputs.queue = "${pulumi.stak}"
    output queue: ${pulumi.stak}: use one of
resources.games.properties.hashKey = "${role}"
    hashKey: ${role} is a whole resource: name one of its outputs
outputs.queue = "${rounds.url"
    output queue: ${rounds.url is not a valid reference
outputs.queue = "at ${} there"
    output queue: ${} is not a valid reference
resources.dead = "dead"
    resource dead (no type): is 'dead', but must be an object
resources.games.options = ["protect"]
    options: is ['protect'], but must be an object
resources.decide.properties.code = {"fn::fileArchve": "decide.zip"}
    code: unknown function fn::fileArchve; did you mean fn::fileArchive?
resources.rounds.options.dependOn = []
    resource rounds (aws:sqs/queue:Queue): unknown option dependOn; did you mean dependsOn?
resources.games.options.protect = "yes"
    options.protect: is 'yes', but must be a boolean
resources.rounds.options.dependsOn.0 = "${dead.arn}"
    options.dependsOn[0]: is '${dead.arn}', but must be a resource, written ${name}
resources.rounds.options.dependsOn.0 = "${roles}"
    options.dependsOn[0]: ${roles}: unknown name roles; did you mean role?
resources.games.options.version = "1.0.0"
    options.version: is 1.0.0, but this check uses VERSION
resources.dead.propertys = {}
    resource dead (aws:sqs:Queue): unknown member propertys of a resource; did you mean properties?
"""
"""Pairs of lines: a change of the program, and a part of the expected message."""


class InsertedFaults(unittest.TestCase):
    """Each fault gives one line."""

    def test_the_unchanged_program_has_no_faults(self) -> None:
        self.assertEqual(faults_of(GOOD_PROGRAM), [])

    def test_each_fault_is_reported(self) -> None:
        lines = FAULTS.splitlines()
        for change, message in zip(lines[::2], lines[1::2], strict=True):
            path, value = change.split(" = ")
            *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
            program = deepcopy(GOOD_PROGRAM)
            target: Any = program
            for step in steps:
                target = target[step]
            target[last] = json.loads(value)
            with self.subTest(change):
                faults = faults_of(program)
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(message.strip().replace("VERSION", sdk.VERSION), faults[0])


class Command(unittest.TestCase):
    """The command's exit code and output."""

    def run_on(self, program: Program) -> tuple[int, str]:
        printed = io.StringIO()
        with mock.patch("sys.stdin", io.StringIO(json.dumps(program))), redirect_stdout(printed):
            code = check_program.main()
        return code, printed.getvalue()

    def test_it_prints_the_counts_of_a_correct_program(self) -> None:
        code, printed = self.run_on(GOOD_PROGRAM)
        self.assertEqual((code, printed), (0, f"7 resources and 5 outputs match pulumi_aws {sdk.VERSION}\n"))

    def test_it_prints_every_fault_and_fails(self) -> None:
        program = deepcopy(GOOD_PROGRAM)
        program["outputs"] |= {"one": "${nobody.arn}", "two": "${role.nothing}"}
        code, printed = self.run_on(program)
        self.assertEqual((code, len(printed.splitlines())), (1, 2), printed)


if __name__ == "__main__":
    unittest.main()
