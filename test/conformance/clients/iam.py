"""Every operation of IAM that is implemented, through boto3, whose reader of XML is not that of the JavaScript SDK.

The endpoint and the keys come from the environment. At the end the names of the operations that were called go to standard output, a JSON list.
"""

import datetime
import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

called = set()


def record(model, **_):
    called.add(model.name)


config = Config(retries={"total_max_attempts": 1})
iam = boto3.client("iam", config=config)
iam.meta.events.register("before-parameter-build.iam", record)


def refused(code, call, status=400):
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status, error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"{code} was expected")


def document(**more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **more}]})


identity = document(Action="vpc-lattice-svcs:Invoke", Resource="*")
trust = document(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
tags = [{"Key": "Name", "Value": "a b: =+-@ ü"}, {"Key": "empty", "Value": ""}]


def tagged(name, **of):
    """Tags what is named, looks, and takes the tags away."""
    getattr(iam, f"tag_{name}")(**of, Tags=tags)
    found = getattr(iam, f"list_{name}_tags")(**of)
    assert (found["Tags"], found["IsTruncated"]) == (tags, False), found
    getattr(iam, f"untag_{name}")(**of, TagKeys=["Name", "empty"])
    assert getattr(iam, f"list_{name}_tags")(**of)["Tags"] == []


user = {"UserName": "ann"}
made = iam.create_user(**user, Path="/team/", Tags=tags)["User"]
assert made["Tags"] == tags and made["Path"] == "/team/", made
assert isinstance(made["CreateDate"], datetime.datetime) and made["CreateDate"].microsecond == 0, made
assert iam.get_user(**user)["User"] == made
iam.get_waiter("user_exists").wait(**user)
iam.update_user(**user, NewPath="/")
iam.untag_user(**user, TagKeys=["Name", "empty"])
tagged("user", **user)
assert [one["UserName"] for one in iam.list_users(PathPrefix="/")["Users"]] == ["ann"]
message = refused("NoSuchEntity", lambda: iam.get_user(UserName="nobody"), 404)
assert message == "The user with name nobody cannot be found.", message
message = refused("ValidationError", lambda: iam.create_user(UserName="a b"))
assert message.startswith("1 validation error detected: Value 'a b' at 'userName' failed to satisfy"), message

key = iam.create_access_key(**user)["AccessKey"]
assert len(key["SecretAccessKey"]) == 40 and key["Status"] == "Active", key
of_key = {**user, "AccessKeyId": key["AccessKeyId"]}
iam.update_access_key(**of_key, Status="Inactive")
[listed] = iam.list_access_keys(**user)["AccessKeyMetadata"]
assert listed["Status"] == "Inactive" and "SecretAccessKey" not in listed, listed
assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["UserName"] == "ann"
refused("DeleteConflict", lambda: iam.delete_user(**user), 409)
iam.delete_access_key(**of_key)

role = {"RoleName": "ci"}
made = iam.create_role(**role, AssumeRolePolicyDocument=trust, Description="builds")["Role"]
assert made["AssumeRolePolicyDocument"] == json.loads(trust), made
assert iam.get_role(**role)["Role"]["MaxSessionDuration"] == 3600
iam.update_role(**role, MaxSessionDuration=7200)
assert iam.update_role_description(**role, Description="other")["Role"]["MaxSessionDuration"] == 7200
iam.update_assume_role_policy(**role, PolicyDocument=trust)
assert [one["RoleName"] for one in iam.list_roles()["Roles"]] == ["ci"]
tagged("role", **role)

profile = {"InstanceProfileName": "web"}
iam.create_instance_profile(**profile)
iam.add_role_to_instance_profile(**profile, **role)
assert iam.get_instance_profile(**profile)["InstanceProfile"]["Roles"][0]["RoleName"] == "ci"
assert len(iam.list_instance_profiles()["InstanceProfiles"]) == 1
assert len(iam.list_instance_profiles_for_role(**role)["InstanceProfiles"]) == 1
tagged("instance_profile", **profile)
iam.remove_role_from_instance_profile(**profile, **role)
iam.delete_instance_profile(**profile)

made = iam.create_policy(PolicyName="read", PolicyDocument=identity, Description="reads")["Policy"]
policy = {"PolicyArn": made["Arn"]}
assert (made["AttachmentCount"], made["IsAttachable"], made["DefaultVersionId"]) == (0, True, "v1"), made
version = iam.create_policy_version(**policy, PolicyDocument=identity)["PolicyVersion"]
assert version["VersionId"] == "v2" and version["IsDefaultVersion"] is False, version
iam.set_default_policy_version(**policy, VersionId="v2")
found = iam.get_policy_version(**policy, VersionId="v2")["PolicyVersion"]
assert found["Document"] == json.loads(identity) and found["IsDefaultVersion"] is True, found
assert [one["VersionId"] for one in iam.list_policy_versions(**policy)["Versions"]] == ["v2", "v1"]
iam.delete_policy_version(**policy, VersionId="v1")
assert iam.get_policy(**policy)["Policy"]["Description"] == "reads"
assert [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]] == ["read"]
pages = iam.get_paginator("list_policies").paginate(PaginationConfig={"PageSize": 4})
assert [len(page["Policies"]) for page in pages] == [4, 2]
tagged("policy", **policy)

for name, of in (("user", user), ("role", role)):
    getattr(iam, f"attach_{name}_policy")(**of, **policy)
    [attached] = getattr(iam, f"list_attached_{name}_policies")(**of)["AttachedPolicies"]
    assert attached == {"PolicyName": "read", "PolicyArn": policy["PolicyArn"]}, attached
    getattr(iam, f"put_{name}_permissions_boundary")(**of, PermissionsBoundary=policy["PolicyArn"])
    getattr(iam, f"put_{name}_policy")(**of, PolicyName="own", PolicyDocument=identity)
    assert getattr(iam, f"get_{name}_policy")(**of, PolicyName="own")["PolicyDocument"] == json.loads(identity)
    assert getattr(iam, f"list_{name}_policies")(**of)["PolicyNames"] == ["own"]
entities = iam.list_entities_for_policy(**policy)
assert entities["PolicyUsers"][0]["UserName"] == "ann" and entities["PolicyRoles"][0]["RoleName"] == "ci", entities
refused("DeleteConflict", lambda: iam.delete_policy(**policy), 409)
refused("MalformedPolicyDocument", lambda: iam.put_user_policy(**user, PolicyName="x", PolicyDocument="{"))
for name, of in (("user", user), ("role", role)):
    getattr(iam, f"delete_{name}_policy")(**of, PolicyName="own")
    getattr(iam, f"delete_{name}_permissions_boundary")(**of)
    getattr(iam, f"detach_{name}_policy")(**of, **policy)
iam.delete_policy(**policy)

made = iam.create_open_id_connect_provider(
    Url="https://id.example.com/a", ClientIDList=["one"], ThumbprintList=["0" * 40]
)
provider = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
iam.add_client_id_to_open_id_connect_provider(**provider, ClientID="two")
iam.remove_client_id_from_open_id_connect_provider(**provider, ClientID="one")
iam.update_open_id_connect_provider_thumbprint(**provider, ThumbprintList=["1" * 40])
found = iam.get_open_id_connect_provider(**provider)
assert (found["Url"], found["ClientIDList"], found["ThumbprintList"]) == ("id.example.com/a", ["two"], ["1" * 40]), found
assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1
tagged("open_id_connect_provider", **provider)
iam.delete_open_id_connect_provider(**provider)

# What Terraform and the console ask before they delete a user.
assert iam.list_groups_for_user(**user)["Groups"] == []
assert iam.list_mfa_devices(**user)["MFADevices"] == []
assert iam.list_ssh_public_keys(**user)["SSHPublicKeys"] == []
assert iam.list_signing_certificates(**user)["Certificates"] == []
assert iam.list_service_specific_credentials(**user)["ServiceSpecificCredentials"] == []
for call in (iam.get_login_profile, iam.update_login_profile, iam.delete_login_profile):
    refused("NoSuchEntity", lambda: call(**user), 404)
assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
assert iam.list_account_aliases()["AccountAliases"] == []
assert iam.get_account_summary()["SummaryMap"]["Users"] == 1
iam.delete_role(**role)
iam.delete_user(**user)
print(json.dumps(sorted(called)))
