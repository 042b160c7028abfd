"""IAM: roles, inline policies and attached policies."""

import json

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, PutResourceType, changed
from fake_provider.structs import Props


class Role(ResourceType):
    """Its id is its name."""

    token = "aws:iam/role:Role"
    supported_inputs = "assumeRolePolicy description name"
    replacing_inputs = name_input = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        response = aws("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            Description=inputs.get("description", ""),
        )
        return str(response["Role"]["RoleName"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("iam").get_role(RoleName=id)["Role"]
        return {
            "arn": response["Arn"],
            "assumeRolePolicy": json.dumps(response["AssumeRolePolicyDocument"]),
            "description": response.get("Description", ""),
            "name": id,
            "uniqueId": response["RoleId"],
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("iam")
        if changed(old, new, "assumeRolePolicy"):
            client.update_assume_role_policy(RoleName=id, PolicyDocument=new["assumeRolePolicy"])
        if changed(old, new, "description"):
            client.update_role(RoleName=id, Description=new.get("description", ""))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("iam").delete_role(RoleName=id)


class RolePolicy(PutResourceType):
    """Its id contains the role and the name."""

    token = "aws:iam/rolePolicy:RolePolicy"
    supported_inputs = "name policy role"
    replacing_inputs = "name role"
    name_input = "name"
    id_inputs = ("role", "name")

    def put(self, aws: Clients, inputs: Props) -> None:
        names = {"RoleName": inputs["role"], "PolicyName": inputs["name"]}
        aws("iam").put_role_policy(**names, PolicyDocument=inputs["policy"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        role, name = id.split(":", 1)
        response = aws("iam").get_role_policy(RoleName=role, PolicyName=name)
        return {"name": name, "policy": json.dumps(response["PolicyDocument"]), "role": role}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        role, name = id.split(":", 1)
        aws("iam").delete_role_policy(RoleName=role, PolicyName=name)


class RolePolicyAttachment(ResourceType):
    """Its id contains the role and the policy's ARN."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    supported_inputs = replacing_inputs = "policyArn role"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        role, policy = id.split("/", 1)
        attached = aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        is_attached = any(entry["PolicyArn"] == policy for entry in attached)
        return {"policyArn": policy, "role": role} if is_attached else None

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("iam").detach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])


RESOURCE_TYPES = [Role, RolePolicy, RolePolicyAttachment]
