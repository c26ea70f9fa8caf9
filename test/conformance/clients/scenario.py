"""Every operation of VPC Lattice through boto3: made, shown, listed by paginator, changed, deleted, and errors as exceptions with their members.

The endpoint and the keys come from the environment. At the end the names of the operations that were called go to standard output, a JSON list.
"""

import json
import time

import boto3
from botocore.config import Config

called = set()


def record(params, model, **_):
    called.add(model.name)


config = Config(retries={"total_max_attempts": 1})
lattice = boto3.client("vpc-lattice", config=config)
lattice.meta.events.register("before-parameter-build.vpc-lattice", record)
ec2 = boto3.client("ec2", config=config)
account = boto3.client("sts", config=config).get_caller_identity()["Account"]


def wait_until(what, done, limit=60):
    """Asks again until `done` says so."""
    end = time.monotonic() + limit
    while not done():
        assert time.monotonic() < end, f"{what} took too long"
        time.sleep(0.05)


def wait_active(what, get):
    wait_until(what, lambda: get()["status"] == "ACTIVE")


def wait_gone(what, get):
    def gone():
        try:
            get()
            return False
        except lattice.exceptions.ResourceNotFoundException:
            return True

    wait_until(what, gone)


def refused(exception, call, **fields):
    """The call has to end in the exception, whose response has these members."""
    try:
        call()
    except exception as error:
        for name, value in fields.items():
            assert error.response[name] == value, (name, error.response)
        return error.response
    raise AssertionError(f"{exception.__name__} was expected")


def listed(operation, **arguments):
    """The items of every page, two to a page."""
    pages = lattice.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **arguments)
    return [item for page in pages for item in page["items"]]


def status_of(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


# The network that the configuration made.
[vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["clients"]}])["Vpcs"]
vpc_id = vpc["VpcId"]
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id], WaiterConfig={"Delay": 1})
[subnet] = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]
ec2.get_waiter("subnet_available").wait(SubnetIds=[subnet["SubnetId"]], WaiterConfig={"Delay": 1})
[group] = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"]
ec2.get_waiter("security_group_exists").wait(GroupIds=[group["GroupId"]], WaiterConfig={"Delay": 1})
assert group["IpPermissions"][0]["FromPort"] == 80, group
names = [one["PrefixListName"] for one in ec2.describe_managed_prefix_lists()["PrefixLists"]]
assert sorted(names) == ["com.amazonaws.us-east-1.ipv6.vpc-lattice", "com.amazonaws.us-east-1.vpc-lattice"], names

# Service networks: pages, errors, tags.
networks = [lattice.create_service_network(name=f"mesh-{n}", tags={"n": str(n)}) for n in range(5)]
assert status_of(networks[0]) == 201
network = networks[0]["id"]
network_arn = networks[0]["arn"]
assert [one["name"] for one in listed("list_service_networks")] == [f"mesh-{n}" for n in range(5)]
shown = lattice.get_service_network(serviceNetworkIdentifier=network_arn)
assert shown["createdAt"].tzinfo is not None and shown["numberOfAssociatedVPCs"] == 0
assert lattice.update_service_network(serviceNetworkIdentifier=network, authType="AWS_IAM")["authType"] == "AWS_IAM"
refused(
    lattice.exceptions.ConflictException,
    lambda: lattice.create_service_network(name="mesh-0"),
    resourceId=network,
    resourceType="SERVICE_NETWORK",
)
refused(
    lattice.exceptions.ResourceNotFoundException,
    lambda: lattice.get_service_network(serviceNetworkIdentifier="sn-00000000000000000"),
    resourceId="sn-00000000000000000",
    resourceType="SERVICE_NETWORK",
)
wrong = refused(
    lattice.exceptions.ValidationException,
    lambda: lattice.create_service_network(name="-A-", authType="SOME"),
    reason="fieldValidationFailed",
)
assert {field["name"] for field in wrong["fieldList"]} == {"name", "authType"}, wrong
refused(
    lattice.exceptions.AccessDeniedException,
    lambda: lattice.get_service_network(serviceNetworkIdentifier=network_arn.replace(account, "999999999999")),
)
lattice.tag_resource(resourceArn=network_arn, tags={"team": "a"})
lattice.untag_resource(resourceArn=network_arn, tagKeys=["n"])
assert lattice.list_tags_for_resource(resourceArn=network_arn)["tags"] == {"team": "a"}
for one in networks[1:]:
    assert status_of(lattice.delete_service_network(serviceNetworkIdentifier=one["id"])) == 204

# Services, target groups, targets, listeners, rules.
service = lattice.create_service(name="shop", customDomainName="shop.example.com")["id"]
wait_active("service", lambda: lattice.get_service(serviceIdentifier=service))
assert [one["id"] for one in listed("list_services")] == [service]
assert lattice.update_service(serviceIdentifier=service, idleTimeoutSeconds=90)["idleTimeoutSeconds"] == 90
target_config = {"protocol": "HTTP", "port": 8080, "vpcIdentifier": vpc_id}
target_groups = [lattice.create_target_group(name=f"group-{n}", type="IP", config=target_config)["id"] for n in range(2)]
function = lattice.create_target_group(name="function", type="LAMBDA")
assert "config" not in function, function
for one in target_groups:
    wait_active("target group", lambda: lattice.get_target_group(targetGroupIdentifier=one))
assert len(listed("list_target_groups", targetGroupType="IP")) == 2
lattice.update_target_group(targetGroupIdentifier=target_groups[0], healthCheck={"enabled": False})
targets = [{"id": "10.0.1.10", "port": 8080}, {"id": "192.0.2.1", "port": 80}]
registered = lattice.register_targets(targetGroupIdentifier=target_groups[0], targets=targets)
assert registered["successful"] == targets[:1], registered
assert registered["unsuccessful"][0]["failureCode"] == "InvalidTarget", registered
assert listed("list_targets", targetGroupIdentifier=target_groups[0])[0]["status"] == "UNUSED"
forward = {"forward": {"targetGroups": [{"targetGroupIdentifier": target_groups[0], "weight": 9}]}}
listener = lattice.create_listener(serviceIdentifier=service, name="http", protocol="HTTP", defaultAction=forward)["id"]
place = {"serviceIdentifier": service, "listenerIdentifier": listener}
assert lattice.get_listener(**place)["port"] == 80
assert [one["id"] for one in listed("list_listeners", serviceIdentifier=service)] == [listener]
not_found = {"fixedResponse": {"statusCode": 404}}
assert lattice.update_listener(defaultAction=not_found, **place)["defaultAction"] == not_found
rules = []
for n, prefix in enumerate(["/a", "/b", "/c"]):
    match = {"httpMatch": {"pathMatch": {"match": {"prefix": prefix}, "caseSensitive": True}}}
    made = lattice.create_rule(name=f"path-{prefix[1]}", priority=n + 1, match=match, action=forward, **place)
    rules.append(made["id"])
assert [one["isDefault"] for one in listed("list_rules", **place)].count(True) == 1
assert lattice.get_rule(ruleIdentifier=rules[0], **place)["match"]["httpMatch"]["headerMatches"] == []
lattice.update_rule(ruleIdentifier=rules[0], action=not_found, **place)
swap = [{"ruleIdentifier": rules[0], "priority": 2}, {"ruleIdentifier": rules[1], "priority": 1}]
assert len(lattice.batch_update_rule(rules=swap, **place)["successful"]) == 2

# Policies and logs.
policy = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
)
assert "policy" not in lattice.get_auth_policy(resourceIdentifier=service)
assert lattice.put_auth_policy(resourceIdentifier=service, policy=policy)["state"] == "Inactive"
assert lattice.get_auth_policy(resourceIdentifier=service)["policy"] == policy
assert status_of(lattice.delete_auth_policy(resourceIdentifier=service)) == 204
lattice.put_resource_policy(resourceArn=network_arn, policy=policy)
assert lattice.get_resource_policy(resourceArn=network_arn)["policy"] == policy
lattice.delete_resource_policy(resourceArn=network_arn)
refused(lattice.exceptions.ResourceNotFoundException, lambda: lattice.get_resource_policy(resourceArn=network_arn))
log_group = f"arn:aws:logs:us-east-1:{account}:log-group:access"
logs = lattice.create_access_log_subscription(resourceIdentifier=network, destinationArn=log_group)["id"]
assert lattice.get_access_log_subscription(accessLogSubscriptionIdentifier=logs)["destinationArn"] == f"{log_group}:*"
assert [one["id"] for one in listed("list_access_log_subscriptions", resourceIdentifier=network)] == [logs]
lattice.update_access_log_subscription(accessLogSubscriptionIdentifier=logs, destinationArn=f"{log_group}-two")
lattice.delete_access_log_subscription(accessLogSubscriptionIdentifier=logs)

# Resources.
verification = lattice.start_domain_verification(domainName="example.com")["id"]
assert lattice.get_domain_verification(domainVerificationIdentifier=verification)["status"] == "PENDING"
assert [one["id"] for one in listed("list_domain_verifications")] == [verification]
gateway = lattice.create_resource_gateway(name="door", vpcIdentifier=vpc_id, subnetIds=[subnet["SubnetId"]])["id"]
get_gateway = lambda: lattice.get_resource_gateway(resourceGatewayIdentifier=gateway)
wait_active("gateway", get_gateway)
lattice.update_resource_gateway(resourceGatewayIdentifier=gateway, securityGroupIds=[group["GroupId"]])
wait_active("gateway", get_gateway)
assert listed("list_resource_gateways")[0]["securityGroupIds"] == [group["GroupId"]]
resource = lattice.create_resource_configuration(
    name="database",
    type="SINGLE",
    portRanges=["5432"],
    resourceGatewayIdentifier=gateway,
    resourceConfigurationDefinition={"ipResource": {"ipAddress": "10.0.1.5"}},
)["id"]
get_resource = lambda: lattice.get_resource_configuration(resourceConfigurationIdentifier=resource)
wait_active("resource", get_resource)
lattice.update_resource_configuration(resourceConfigurationIdentifier=resource, portRanges=["5433"])
wait_active("resource", get_resource)
assert [one["id"] for one in listed("list_resource_configurations", resourceGatewayIdentifier=gateway)] == [resource]

# Associations: they wait for data planes, and are gone when those obey.
kinds = {
    "service": ({"serviceIdentifier": service}, "serviceNetworkServiceAssociationIdentifier"),
    "vpc": ({"vpcIdentifier": vpc_id, "securityGroupIds": [group["GroupId"]]}, "serviceNetworkVpcAssociationIdentifier"),
    "resource": ({"resourceConfigurationIdentifier": resource}, "serviceNetworkResourceAssociationIdentifier"),
}
associations = {}
for kind, (side, member) in kinds.items():
    create = getattr(lattice, f"create_service_network_{kind}_association")
    get = getattr(lattice, f"get_service_network_{kind}_association")
    identifier = {member: create(serviceNetworkIdentifier=network, **side)["id"]}
    wait_active(kind, lambda: get(**identifier))
    items = listed(f"list_service_network_{kind}_associations", serviceNetworkIdentifier=network)
    assert [one["id"] for one in items] == list(identifier.values()), items
    associations[kind] = (identifier, get)
identifier, get = associations["vpc"]
lattice.update_service_network_vpc_association(privateDnsEnabled=True, **identifier)
wait_active("vpc", lambda: get(**identifier))
refused(
    lattice.exceptions.ConflictException,
    lambda: lattice.delete_service_network(serviceNetworkIdentifier=network),
    resourceType="SERVICE_NETWORK",
)
assert listed("list_service_network_vpc_endpoint_associations", serviceNetworkIdentifier=network) == []
assert listed("list_resource_endpoint_associations", resourceConfigurationIdentifier=resource) == []
refused(
    lattice.exceptions.ResourceNotFoundException,
    lambda: lattice.delete_resource_endpoint_association(
        resourceEndpointAssociationIdentifier="rea-00000000000000000"
    ),
    resourceType="RESOURCE_ENDPOINT_ASSOCIATION",
)

# And back.
for kind, (identifier, get) in associations.items():
    getattr(lattice, f"delete_service_network_{kind}_association")(**identifier)
    wait_gone(kind, lambda: get(**identifier))
lattice.delete_rule(ruleIdentifier=rules[2], **place)
lattice.deregister_targets(targetGroupIdentifier=target_groups[0], targets=targets[:1])
lattice.delete_listener(**place)
wait_until("draining", lambda: listed("list_targets", targetGroupIdentifier=target_groups[0]) == [])
for one in [*target_groups, function["id"]]:
    assert lattice.delete_target_group(targetGroupIdentifier=one)["status"] == "DELETE_IN_PROGRESS"
    wait_gone("target group", lambda: lattice.get_target_group(targetGroupIdentifier=one))
assert lattice.delete_service(serviceIdentifier=service)["status"] == "DELETE_IN_PROGRESS"
wait_gone("service", lambda: lattice.get_service(serviceIdentifier=service))
lattice.delete_resource_configuration(resourceConfigurationIdentifier=resource)
wait_gone("resource", get_resource)
lattice.delete_resource_gateway(resourceGatewayIdentifier=gateway)
wait_gone("gateway", get_gateway)
lattice.delete_domain_verification(domainVerificationIdentifier=verification)
lattice.delete_service_network(serviceNetworkIdentifier=network)
assert listed("list_service_networks") == []

print(json.dumps(sorted(called)))
