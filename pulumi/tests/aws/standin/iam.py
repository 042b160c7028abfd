"""IAM: roles, the policies written into them, and those attached to them."""

import json

from standin import tags
from standin.clients import Clients
from standin.kind import Kind, changed, document
from standin.wire import Props


class Role(Kind):
    """`aws:iam:Role`; its id is its name."""

    def create(self, aws: Clients, inputs: Props) -> str:
        made = aws("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=document(inputs["assumeRolePolicy"]),
            Description=inputs.get("description", ""),
            Tags=tags.pairs(inputs.get("tags")),
        )
        return str(made["Role"]["RoleName"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("iam").get_role(RoleName=id)["Role"]
        return {
            "arn": found["Arn"],
            "assumeRolePolicy": json.dumps(found["AssumeRolePolicyDocument"]),
            "description": found.get("Description", ""),
            "name": id,
            "tags": tags.read(aws, "iam", id),
            "uniqueId": found["RoleId"],
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("iam")
        if changed(old, new, "assumeRolePolicy"):
            client.update_assume_role_policy(RoleName=id, PolicyDocument=document(new["assumeRolePolicy"]))
        if changed(old, new, "description"):
            client.update_role(RoleName=id, Description=new.get("description", ""))
        tags.change(aws, "iam", id, old.get("tags"), new.get("tags"))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("iam").delete_role(RoleName=id)


class RolePolicy(Kind):
    """`aws:iam:RolePolicy`; its id is role and name."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return f"{inputs['role']}:{inputs['name']}"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        role, name = id.split(":", 1)
        found = aws("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"name": name, "policy": json.dumps(found["PolicyDocument"]), "role": role}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        role, name = id.split(":", 1)
        aws("iam").delete_role_policy(RoleName=role, PolicyName=name)

    @staticmethod
    def _put(aws: Clients, inputs: Props) -> None:
        policy = document(inputs["policy"])
        aws("iam").put_role_policy(RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=policy)


class RolePolicyAttachment(Kind):
    """`aws:iam:RolePolicyAttachment`; its id is role and policy. Nothing of it can be changed in place."""

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        role, policy = id.split("/", 1)
        attached = aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        there = any(found["PolicyArn"] == policy for found in attached)
        return {"policyArn": policy, "role": role} if there else None

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        raise AssertionError("both of its inputs replace it")

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("iam").detach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
