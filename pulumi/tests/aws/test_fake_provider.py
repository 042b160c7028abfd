#!/usr/bin/env python3
"""Tests the fake provider without AWS. The tests in `../deployed/` check its AWS calls."""

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import package_schema
import sdk_types as sdk
from fake_provider import resources
from fake_provider.clients import Clients, SettingsError
from fake_provider.table import TYPES
from fake_provider.structs import UNKNOWN

QUEUE = TYPES["aws:sqs/queue:Queue"]
TABLE = TYPES["aws:dynamodb/table:Table"]
FUNCTION = TYPES["aws:lambda/function:Function"]
ENDPOINT = "http://127.0.0.1:1"
TIMEOUT_S = 30


def archive(path: str, content_hash: str) -> dict[str, str]:
    """A file archive in Pulumi's format."""
    return {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "path": path, "hash": content_hash}


class Names(unittest.TestCase):
    """A resource without a name gets a generated name, and keeps it."""

    def test_the_programs_name_is_kept(self) -> None:
        self.assertEqual(resources.with_name(QUEUE, "rounds", b"1", {}, {"name": "mine"}), {"name": "mine"})

    def test_a_generated_name_stays_until_the_resource_is_replaced(self) -> None:
        first = resources.with_name(QUEUE, "rounds", b"1", {}, {})
        self.assertRegex(first["name"], "^rounds-[0-9a-f]{7}$")
        self.assertEqual(resources.with_name(QUEUE, "rounds", b"2", first, {}), first)
        self.assertNotEqual(resources.with_name(QUEUE, "rounds", b"2", {}, {})["name"], first["name"])


class Differences(unittest.TestCase):
    """An update changes nothing, changes a resource, or replaces it."""

    def test_files_are_compared_by_content(self) -> None:
        old, moved = {"code": archive("a.zip", "1")}, {"code": archive("b.zip", "1")}
        self.assertEqual(resources.difference(FUNCTION, old, moved).changed, [])
        rebuilt = {"code": archive("a.zip", "2")}
        self.assertEqual(resources.difference(FUNCTION, old, rebuilt).changed, ["code"])

    def test_a_change_of_some_inputs_replaces_the_resource(self) -> None:
        diff = resources.difference(TABLE, {"name": "t", "hashKey": "a"}, {"name": "t", "hashKey": "b"})
        self.assertEqual((diff.changed, diff.replacing), (["hashKey"], ["hashKey"]))
        self.assertTrue(diff.delete_first, "two tables cannot have one name")
        generated = {"name": "t-1", resources.GENERATED: ["name"]}
        diff = resources.difference(TABLE, {**generated, "hashKey": "a"}, {**generated, "hashKey": "b"})
        self.assertFalse(diff.delete_first, "the new table gets another name")

    def test_a_change_of_other_inputs_updates_the_resource(self) -> None:
        diff = resources.difference(TABLE, {"name": "t", "readCapacity": 1}, {"name": "t", "readCapacity": 2})
        self.assertEqual((diff.changed, diff.replacing, diff.delete_first), (["readCapacity"], [], False))

    def test_setting_the_generated_name_is_no_change(self) -> None:
        generated = {"name": "q-1", resources.GENERATED: ["name"]}
        self.assertEqual(resources.difference(QUEUE, generated, {"name": "q-1"}).changed, [])


class Outputs(unittest.TestCase):
    """AWS's values replace the program's values only if they differ in meaning."""

    def test_equivalent_values_are_no_change(self) -> None:
        for program_value, aws_value in [
            ({"enabled": True}, {"enabled": True, "filledIn": ""}),
            ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}'),
            (["x", "y"], ["y", "x"]),
            ([{"name": "pk"}], [{"name": "pk", "filledIn": 1}]),
            (archive("a.zip", "1"), "whatever"),
        ]:
            self.assertEqual(resources.merged(program_value, aws_value), program_value)

    def test_different_values_are_changes(self) -> None:
        for program_value, aws_value in [
            (5, 6),
            ('{"a": 1}', '{"a":2}'),
            (["x"], ["x", "y"]),
            ({"kept": 1, "gone": 2}, {"kept": 1}),
            ([{"name": "pk"}], [{"name": "id"}]),
        ]:
            self.assertEqual(resources.merged(program_value, aws_value), aws_value)

    def test_a_preview_has_placeholders_for_unknown_outputs(self) -> None:
        outputs = resources.preview_outputs(QUEUE, {"name": "rounds"})
        self.assertEqual((outputs["name"], outputs["arn"], outputs["url"]), ("rounds", UNKNOWN, UNKNOWN))


class Errors(unittest.TestCase):
    """Unsupported inputs and invalid settings give one-line errors."""

    def test_unsupported_inputs(self) -> None:
        errors = dict(resources.input_errors(QUEUE, {"name": "q", "fifoQueue": True, "fifo": True}))
        self.assertEqual(sorted(errors), ["fifo", "fifoQueue"])
        self.assertIn("no such property", errors["fifo"])
        self.assertIn("does not support it", errors["fifoQueue"])

    def test_invalid_settings(self) -> None:
        good = {"region": "us-east-1", "accessKey": "a", "secretKey": "b", "endpoints": json.dumps([{"sqs": ENDPOINT}])}
        with mock.patch.dict(os.environ, {"HOME": "/nonexistent"}, clear=True):
            self.assertEqual(Clients(good).endpoint("sqs"), ENDPOINT)
            for wrong, message in [
                ({"accessKey": "", "secretKey": ""}, "no AWS credentials: set aws:accessKey and aws:secretKey"),
                ({"region": ""}, "no region: set aws:region"),
                ({"endpoints": "{}"}, "invalid aws:endpoints: use a list of maps"),
                ({"regoin": "x"}, "unknown setting aws:regoin"),
            ]:
                with self.assertRaisesRegex(SettingsError, re.escape(message)):
                    Clients({**good, **wrong})
            with self.assertRaisesRegex(SettingsError, "aws:endpoints has no iam: add it, because the fake provider"):
                Clients(good).endpoint("iam")


class Schema(unittest.TestCase):
    """The schema for Pulumi."""

    def test_it_contains_all_referenced_types(self) -> None:
        schema = package_schema.schema(list(TYPES))
        self.assertEqual(sorted(schema["resources"]), sorted(TYPES))
        tokens = {reference.replace("%2F", "/") for reference in re.findall(r'"#/types/([^"]+)"', json.dumps(schema))}
        self.assertIn("aws:dynamodb/TableAttribute:TableAttribute", tokens)
        self.assertEqual(tokens - set(schema["types"]), set())

    def test_it_lists_required_properties(self) -> None:
        schema = package_schema.schema(["aws:dynamodb:TableItem", "aws:dynamodb:Table"])
        item = schema["resources"]["aws:dynamodb/tableItem:TableItem"]
        self.assertEqual(item["requiredInputs"], ["hashKey", "item", "tableName"])
        attribute: Any = schema["types"]["aws:dynamodb/TableAttribute:TableAttribute"]
        self.assertEqual(attribute["required"], ["name", "type"])

    def test_the_error_names_an_unknown_type(self) -> None:
        with self.assertRaisesRegex(LookupError, f"pulumi_aws {re.escape(sdk.VERSION)} lacks aws:sqs:Qeueue"):
            package_schema.schema(["aws:sqs:Qeueue"])


class Process(unittest.TestCase):
    """The plugin's process."""

    def test_it_prints_its_port_and_ends_with_the_engine(self) -> None:
        plugin = [sys.executable, str(Path(__file__).with_name("pulumi-resource-aws")), "127.0.0.1:1"]
        process = subprocess.Popen(plugin, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin and process.stdout
        for end in (process.stdout.close, process.wait, process.stdin.close, process.kill):
            self.addCleanup(end)
        self.assertGreater(int(process.stdout.readline()), 0)
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)


if __name__ == "__main__":
    unittest.main()
