#!/usr/bin/env python3
"""What the stand-in decides by itself, and how it starts and ends. Tests of whole stacks see what it does to AWS."""

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
from standin import resources
from standin.clients import Clients, SettingsError
from standin.table import TYPES
from standin.wire import UNKNOWN

QUEUE = TYPES["aws:sqs/queue:Queue"]
TABLE = TYPES["aws:dynamodb/table:Table"]
FUNCTION = TYPES["aws:lambda/function:Function"]
ENDPOINT = "http://127.0.0.1:1"
PATIENCE_S = 30


def archive(path: str, content_hash: str) -> dict[str, str]:
    """A file archive as Pulumi sends it."""
    return {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "path": path, "hash": content_hash}


class Names(unittest.TestCase):
    """A thing without a name gets one, and keeps it."""

    def test_the_programs_own_is_kept(self) -> None:
        self.assertEqual(resources.named(QUEUE, "rounds", b"1", {}, {"name": "mine"}), {"name": "mine"})

    def test_a_made_up_one_stays_until_the_thing_is_replaced(self) -> None:
        first = resources.named(QUEUE, "rounds", b"1", {}, {})
        self.assertRegex(first["name"], "^rounds-[0-9a-f]{7}$")
        self.assertEqual(resources.named(QUEUE, "rounds", b"2", first, {}), first)
        self.assertNotEqual(resources.named(QUEUE, "rounds", b"2", {}, {})["name"], first["name"])


class Differences(unittest.TestCase):
    """What an update is: nothing, a change in place, or another thing."""

    def test_a_file_is_its_content(self) -> None:
        old, moved = {"code": archive("a.zip", "1")}, {"code": archive("b.zip", "1")}
        self.assertEqual(resources.difference(FUNCTION, old, moved).changed, [])
        rebuilt = {"code": archive("a.zip", "2")}
        self.assertEqual(resources.difference(FUNCTION, old, rebuilt).changed, ["code"])

    def test_some_inputs_mean_another_thing(self) -> None:
        found = resources.difference(TABLE, {"name": "t", "hashKey": "a"}, {"name": "t", "hashKey": "b"})
        self.assertEqual((found.changed, found.replacing), (["hashKey"], ["hashKey"]))
        self.assertTrue(found.delete_first, "two tables cannot have one name")
        made_up = {"name": "t-1", resources.MADE_UP: ["name"]}
        found = resources.difference(TABLE, {**made_up, "hashKey": "a"}, {**made_up, "hashKey": "b"})
        self.assertFalse(found.delete_first, "the new one gets a name of its own")

    def test_others_do_not(self) -> None:
        found = resources.difference(TABLE, {"name": "t", "readCapacity": 1}, {"name": "t", "readCapacity": 2})
        self.assertEqual((found.changed, found.replacing, found.delete_first), (["readCapacity"], [], False))

    def test_the_program_takes_a_made_up_name_for_its_own(self) -> None:
        made_up = {"name": "q-1", resources.MADE_UP: ["name"]}
        self.assertEqual(resources.difference(QUEUE, made_up, {"name": "q-1"}).changed, [])


class States(unittest.TestCase):
    """What AWS says, seen with the program's eyes."""

    def test_other_words_for_the_same_are_no_change(self) -> None:
        for mine, theirs in [
            ({"enabled": True}, {"enabled": True, "filledIn": ""}),
            ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}'),
            (["x", "y"], ["y", "x"]),
            ([{"name": "pk"}], [{"name": "pk", "filledIn": 1}]),
            (archive("a.zip", "1"), "whatever"),
        ]:
            self.assertEqual(resources.overlaid(mine, theirs), mine)

    def test_what_differs_is_seen(self) -> None:
        for mine, theirs in [
            (5, 6),
            ('{"a": 1}', '{"a":2}'),
            (["x"], ["x", "y"]),
            ({"kept": 1, "gone": 2}, {"kept": 1}),
            ([{"name": "pk"}], [{"name": "id"}]),
        ]:
            self.assertEqual(resources.overlaid(mine, theirs), theirs)

    def test_a_preview_knows_what_it_does_not_know(self) -> None:
        foreseen = resources.foreseen(QUEUE, {"name": "rounds"})
        self.assertEqual((foreseen["name"], foreseen["arn"], foreseen["url"]), ("rounds", UNKNOWN, UNKNOWN))


class Refusals(unittest.TestCase):
    """What the stand-in would get wrong, it refuses in one line."""

    def test_inputs_that_would_not_reach_aws(self) -> None:
        faults = dict(resources.refused(QUEUE, {"name": "q", "fifoQueue": True, "fifo": True}))
        self.assertEqual(sorted(faults), ["fifo", "fifoQueue"])
        self.assertIn("no such property", faults["fifo"])
        self.assertIn("does not pass it on", faults["fifoQueue"])

    def test_settings(self) -> None:
        good = {"region": "us-east-1", "accessKey": "a", "secretKey": "b", "endpoints": json.dumps([{"sqs": ENDPOINT}])}
        with mock.patch.dict(os.environ, {"HOME": "/nonexistent"}, clear=True):
            self.assertEqual(Clients(good).endpoint("sqs"), ENDPOINT)
            for wrong, said in [
                ({"accessKey": "", "secretKey": ""}, "no AWS credentials: set aws:accessKey and aws:secretKey"),
                ({"region": ""}, "no region: set aws:region"),
                ({"endpoints": "{}"}, "aws:endpoints must be a list of maps"),
                ({"regoin": "x"}, "the stand-in does not know aws:regoin"),
            ]:
                with self.assertRaisesRegex(SettingsError, re.escape(said)):
                    Clients({**good, **wrong})
            with self.assertRaisesRegex(SettingsError, "aws:endpoints has no iam, and the stand-in never calls"):
                Clients(good).endpoint("iam")


class Schema(unittest.TestCase):
    """What Pulumi is told of the types."""

    def test_everything_it_refers_to_is_in_it(self) -> None:
        schema = package_schema.schema(list(TYPES))
        self.assertEqual(sorted(schema["resources"]), sorted(TYPES))
        named = {reference.replace("%2F", "/") for reference in re.findall(r'"#/types/([^"]+)"', json.dumps(schema))}
        self.assertIn("aws:dynamodb/TableAttribute:TableAttribute", named)
        self.assertEqual(named - set(schema["types"]), set())

    def test_it_says_what_is_required(self) -> None:
        schema = package_schema.schema(["aws:dynamodb:TableItem", "aws:dynamodb:Table"])
        item = schema["resources"]["aws:dynamodb/tableItem:TableItem"]
        self.assertEqual(item["requiredInputs"], ["hashKey", "item", "tableName"])
        attribute: Any = schema["types"]["aws:dynamodb/TableAttribute:TableAttribute"]
        self.assertEqual(attribute["required"], ["name", "type"])

    def test_a_type_that_does_not_exist_is_named(self) -> None:
        with self.assertRaisesRegex(LookupError, f"pulumi_aws {re.escape(sdk.VERSION)} lacks aws:sqs:Qeueue"):
            package_schema.schema(["aws:sqs:Qeueue"])


class Process(unittest.TestCase):
    """The plugin as Pulumi runs it."""

    def test_it_says_its_port_and_ends_with_the_engine(self) -> None:
        plugin = [sys.executable, str(Path(__file__).with_name("pulumi-resource-aws")), "127.0.0.1:1"]
        process = subprocess.Popen(plugin, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin and process.stdout
        for end in (process.stdout.close, process.wait, process.stdin.close, process.kill):
            self.addCleanup(end)
        self.assertGreater(int(process.stdout.readline()), 0)
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
