#!/usr/bin/env bash
# A client reaches a service in another VPC of the same range, with the AWS CLI, dig and curl alone: prints a line for each step. Programs `aws` and `pergola` are given by who runs this; $TARGET is the command of the target.
set -euo pipefail

closed_group() {
  local group
  group=$(aws ec2 create-security-group --vpc-id "$1" --group-name closed --description closed --query GroupId)
  aws ec2 revoke-security-group-egress --group-id "$group" --ip-permissions 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]' >/dev/null
  echo "$group"
}
instance() {
  local subnet
  subnet=$(aws ec2 create-subnet --vpc-id "$1" --cidr-block 10.0.1.0/24 --query Subnet.SubnetId)
  aws ec2 run-instances --image-id ami-00000000 --subnet-id "$subnet" --private-ip-address 10.0.1.10 --security-group-ids "$2" --query 'Instances[0].InstanceId'
}
until_it_is() {
  local wanted=$1 found
  shift
  for _ in $(seq 60); do
    found=$("$@") || true
    [ "$found" = "$wanted" ] && return
    sleep 0.5
  done
  echo "after a while it is $found and not $wanted: $*" >&2
  return 1
}
cleanup() { [ -z "${target:-}" ] || kill "$target"; }
trap cleanup EXIT

near=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId)
far=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId)
near_group=$(closed_group "$near")
far_group=$(closed_group "$far")
client=$(instance "$near" "$near_group")
host=$(instance "$far" "$far_group")
list=$(aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.us-east-1.vpc-lattice --query 'PrefixLists[0].PrefixListId')
role=$(aws iam create-role --role-name orders --query Role.Arn --assume-role-policy-document \
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}')

# shellcheck disable=SC2086
pergola exec --vpc "$far" --instance "$host" -- $TARGET </dev/null >/dev/null &
target=$!
network=$(aws vpc-lattice create-service-network --name town --query id)
service=$(aws vpc-lattice create-service --name shop --custom-domain-name shop.corp.internal --auth-type AWS_IAM --query id)
aws vpc-lattice put-auth-policy --resource-identifier "$service" --policy \
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"vpc-lattice-svcs:Invoke","Resource":"*"}}' >/dev/null
group=$(aws vpc-lattice create-target-group --name shop --type INSTANCE --config "port=8080,protocol=HTTP,vpcIdentifier=$far" --query id)
aws vpc-lattice register-targets --target-group-identifier "$group" --targets "id=$host,port=8080" >/dev/null
aws vpc-lattice create-listener --service-identifier "$service" --name http --protocol HTTP --port 80 \
  --default-action "{\"forward\":{\"targetGroups\":[{\"targetGroupIdentifier\":\"$group\",\"weight\":1}]}}" >/dev/null
aws vpc-lattice create-service-network-service-association --service-identifier "$service" --service-network-identifier "$network" >/dev/null
door=$(aws vpc-lattice create-service-network-vpc-association --vpc-identifier "$near" --service-network-identifier "$network" --query id)
until_it_is ACTIVE aws vpc-lattice get-service-network-vpc-association --service-network-vpc-association-identifier "$door" --query status

in_client() { pergola exec --vpc "$near" --instance "$client" --role "$role" -- "$@"; }
name=$(aws vpc-lattice get-service --service-identifier "$service" --query dnsEntry.domainName)
alias=$(aws vpc-lattice get-service --service-identifier "$service" --query dnsEntry.hostedZoneId)
zone=$(aws route53 create-hosted-zone --name corp.internal --caller-reference story --vpc "VPCRegion=us-east-1,VPCId=$near" --query HostedZone.Id)
aws route53 change-resource-record-sets --hosted-zone-id "$zone" --change-batch "{\"Changes\":[{\"Action\":\"UPSERT\",\"ResourceRecordSet\":
  {\"Name\":\"shop.corp.internal\",\"Type\":\"A\",\"AliasTarget\":{\"HostedZoneId\":\"$alias\",\"DNSName\":\"$name\",\"EvaluateTargetHealth\":false}}}]}" >/dev/null
address=$(in_client dig +short "$name")
until_it_is "$address" in_client dig +short shop.corp.internal
echo "name $address"

status=0
in_client curl -s -m 2 http://shop.corp.internal/ || status=$?
echo "closed: curl ends with $status"
aws ec2 authorize-security-group-egress --group-id "$near_group" --ip-permissions "IpProtocol=tcp,FromPort=80,ToPort=80,PrefixListIds=[{PrefixListId=$list}]" >/dev/null
until_it_is 403 in_client curl -s -m 5 -o /dev/null -w '%{http_code}' http://shop.corp.internal/
echo 'unsigned: 403'

# What an instance does: a token, the role's keys, a signed request.
signed() {
  in_client bash -c '
    at=http://169.254.169.254/latest
    token=$(curl -s -X PUT -H "x-aws-ec2-metadata-token-ttl-seconds: 60" $at/api/token)
    ask() { curl -s -H "x-aws-ec2-metadata-token: $token" "$at/meta-data/iam/security-credentials/$1"; }
    keys=$(ask "$(ask "")")
    part() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" <<<"$keys"; }
    curl -s -m 10 --aws-sigv4 aws:amz:us-east-1:vpc-lattice-svcs --user "$(part AccessKeyId):$(part SecretAccessKey)" \
      -H "x-amz-security-token: $(part Token)" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" "$@" http://shop.corp.internal/orders/1' bash "$@"
}
echo "without the right: $(signed -o /dev/null -w '%{http_code}')"
aws iam put-role-policy --role-name orders --policy-name may --policy-document \
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"vpc-lattice-svcs:Invoke","Resource":"*"}}'
aws ec2 authorize-security-group-ingress --group-id "$far_group" --ip-permissions "IpProtocol=tcp,FromPort=8080,ToPort=8080,PrefixListIds=[{PrefixListId=$list}]" >/dev/null
until_it_is HEALTHY aws vpc-lattice list-targets --target-group-identifier "$group" --query 'items[0].status'
until_it_is 200 signed -o /dev/null -w '%{http_code}'
echo "answer $(signed)"
