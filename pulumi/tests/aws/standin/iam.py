"""IAM: roles, the policies written into them, and those attached to them."""

import json

from standin.clients import Clients
from standin.kind import Kind, Put, changed
from standin.wire import Props


class Role(Kind):
    """Its id is its name."""

    token = "aws:iam/role:Role"
    takes = "assumeRolePolicy description name"
    replaced_by = named_by = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        made = aws("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            Description=inputs.get("description", ""),
        )
        return str(made["Role"]["RoleName"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("iam").get_role(RoleName=id)["Role"]
        return {
            "arn": found["Arn"],
            "assumeRolePolicy": json.dumps(found["AssumeRolePolicyDocument"]),
            "description": found.get("Description", ""),
            "name": id,
            "uniqueId": found["RoleId"],
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("iam")
        if changed(old, new, "assumeRolePolicy"):
            client.update_assume_role_policy(RoleName=id, PolicyDocument=new["assumeRolePolicy"])
        if changed(old, new, "description"):
            client.update_role(RoleName=id, Description=new.get("description", ""))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("iam").delete_role(RoleName=id)


class RolePolicy(Put):
    """Its id is role and name."""

    token = "aws:iam/rolePolicy:RolePolicy"
    takes = "name policy role"
    replaced_by = "name role"
    named_by = "name"
    id_inputs = ("role", "name")

    def put(self, aws: Clients, inputs: Props) -> None:
        names = {"RoleName": inputs["role"], "PolicyName": inputs["name"]}
        aws("iam").put_role_policy(**names, PolicyDocument=inputs["policy"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        role, name = id.split(":", 1)
        found = aws("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"name": name, "policy": json.dumps(found["PolicyDocument"]), "role": role}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        role, name = id.split(":", 1)
        aws("iam").delete_role_policy(RoleName=role, PolicyName=name)


class RolePolicyAttachment(Kind):
    """Its id is role and policy."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    takes = replaced_by = "policyArn role"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        role, policy = id.split("/", 1)
        attached = aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        there = any(found["PolicyArn"] == policy for found in attached)
        return {"policyArn": policy, "role": role} if there else None

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("iam").detach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])


KINDS = [Role, RolePolicy, RolePolicyAttachment]
