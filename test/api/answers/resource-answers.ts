// Answers about associations, resource gateways, resource configurations and domain verifications.

import {
  dnsEntry,
  empty,
  failure,
  items,
  mapMembers,
  noContent,
  times,
  type AnswerRow,
  type Members,
} from './answer-row.ts';

const dnsOptions = 'dnsOptions{privateDnsPreference privateDnsSpecifiedDomains[*]}';

const serviceAssociation = `id status arn createdBy createdAt serviceId serviceName serviceArn serviceNetworkId serviceNetworkName serviceNetworkArn ${dnsEntry}`;

const vpcAssociation =
  'id status arn createdBy createdAt serviceNetworkId serviceNetworkName serviceNetworkArn vpcId lastUpdatedAt';

const resourceAssociation = `id arn status createdBy createdAt resourceConfigurationId resourceConfigurationArn resourceConfigurationName serviceNetworkId serviceNetworkArn serviceNetworkName ${dnsEntry} isManagedAssociation`;

const privateDns = 'privateDnsEnabled privateDnsEntry{domainName}';

// `lastVerifiedTime` comes with the first success of the check (service model).
const verification = 'id arn domainName status txtMethodConfig{name value}';

const gateway = 'name id arn status subnetIds[*] ipAddressType';

const gatewayMore = 'ipv4AddressesPerEni resourceConfigDnsResolution';

const gateways = (members: Members): Pick<AnswerRow, 'full' | 'minimal'> => ({
  full: `${members} securityGroupIds[*]`,
  minimal: `${members} securityGroupIds[]`,
});

const configuration = 'id name arn resourceGatewayId type status';

const updatedConfiguration = 'allowAssociationToShareableServiceNetwork protocol';

const definedConfiguration = `${configuration} ${updatedConfiguration}`;

const dnsResource = 'resourceConfigurationDefinition{dnsResource{domainName ipAddressType}}';

const ipResource = 'resourceConfigurationDefinition{ipResource{ipAddress}}';

const createdConfigurations = {
  full: `${definedConfiguration} portRanges[*] ${dnsResource} createdAt customDomainName domainVerificationId domainVerificationArn`,
  minimal: `${definedConfiguration} portRanges[*] ${ipResource} createdAt`,
  more: {
    group: `${definedConfiguration} portRanges[] createdAt groupDomain domainVerificationId domainVerificationArn`,
    child: `${definedConfiguration} portRanges[*] ${ipResource} createdAt resourceConfigurationGroupId customDomainName`,
    arn: `${definedConfiguration} portRanges[] resourceConfigurationDefinition{arnResource{arn}} createdAt`,
    cidr: `${definedConfiguration} portRanges[*] resourceConfigurationDefinition{cidrResource{cidrRanges[*]}} createdAt`,
  },
};

const configurationSummary = `${configuration} amazonManaged ${times}`;

// A child inherits the verification of its group's domain (service model: groupDomain).
const shownConfiguration = (members: Members): Members =>
  `${members} amazonManaged lastUpdatedAt${/domainVerificationId|GroupId/.test(members) ? ' domainVerificationStatus' : ''}`;

/** By operation. */
export const resourceAnswers: Readonly<Record<string, AnswerRow>> = {
  CreateResourceConfiguration: { status: 201, ...createdConfigurations },
  CreateResourceGateway: { status: 201, ...gateways(`${gateway} vpcIdentifier ${gatewayMore}`) },
  CreateServiceNetworkResourceAssociation: {
    status: 201,
    full: 'id arn status createdBy privateDnsEnabled',
    minimal: 'id arn status createdBy',
  },
  CreateServiceNetworkServiceAssociation: {
    status: 200,
    full: `id status arn createdBy ${dnsEntry} customDomainName`,
    minimal: `id status arn createdBy ${dnsEntry}`,
  },
  CreateServiceNetworkVpcAssociation: {
    status: 200,
    full: `id status arn createdBy securityGroupIds[*] privateDnsEnabled ${dnsOptions}`,
    minimal: 'id status arn createdBy securityGroupIds[]',
  },
  DeleteDomainVerification: empty,
  DeleteResourceConfiguration: noContent,
  DeleteResourceEndpointAssociation: {
    status: 200,
    full: 'id arn resourceConfigurationId resourceConfigurationArn vpcEndpointId',
  },
  DeleteResourceGateway: { status: 200, full: 'id arn name status' },
  DeleteServiceNetworkResourceAssociation: { status: 200, full: 'id arn status' },
  DeleteServiceNetworkServiceAssociation: { status: 200, full: 'id arn status' },
  DeleteServiceNetworkVpcAssociation: { status: 200, full: 'id arn status' },
  GetDomainVerification: {
    status: 200,
    full: `${verification} createdAt tags{team}`,
    minimal: `${verification} createdAt tags{}`,
  },
  GetResourceConfiguration: {
    status: 200,
    ...mapMembers(createdConfigurations, shownConfiguration),
    more: {
      ...mapMembers(createdConfigurations, shownConfiguration).more,
      failed: `${shownConfiguration(createdConfigurations.minimal)} failureReason`,
    },
  },
  GetResourceGateway: {
    status: 200,
    ...gateways(`${gateway} vpcId ${gatewayMore} serviceManaged ${times}`),
  },
  GetServiceNetworkResourceAssociation: {
    status: 200,
    full: `${resourceAssociation} lastUpdatedAt ${privateDns} domainVerificationStatus`,
    minimal: `${resourceAssociation} lastUpdatedAt`,
    more: { failed: `${resourceAssociation} lastUpdatedAt failureReason failureCode` },
  },
  GetServiceNetworkServiceAssociation: {
    status: 200,
    full: `${serviceAssociation} customDomainName`,
    minimal: serviceAssociation,
    more: { failed: `${serviceAssociation} ${failure}` },
  },
  GetServiceNetworkVpcAssociation: {
    status: 200,
    full: `${vpcAssociation} securityGroupIds[*] privateDnsEnabled ${dnsOptions}`,
    minimal: `${vpcAssociation} securityGroupIds[]`,
    more: { failed: `${vpcAssociation} securityGroupIds[] ${failure}` },
  },
  ListDomainVerifications: {
    status: 200,
    full: items(`${verification} createdAt tags{team}`),
    minimal: items(`${verification} createdAt tags{}`),
  },
  ListResourceConfigurations: {
    status: 200,
    full: items(`${configurationSummary} customDomainName domainVerificationId`),
    minimal: items(configurationSummary),
    more: {
      group: items(`${configurationSummary} groupDomain domainVerificationId`),
      child: items(`${configurationSummary} resourceConfigurationGroupId customDomainName`),
    },
  },
  // payerResponsibility is told of endpoints for which somebody else pays; no public source shows it otherwise.
  ListResourceEndpointAssociations: {
    status: 200,
    full: items(
      'id arn resourceConfigurationId resourceConfigurationArn resourceConfigurationName vpcEndpointId vpcEndpointOwner createdBy createdAt',
    ),
    more: { none: 'items[]' },
  },
  ListResourceGateways: {
    status: 200,
    full: items(`${gateways(`${gateway} vpcIdentifier ${gatewayMore} ${times}`).full}`),
    minimal: items(`${gateways(`${gateway} vpcIdentifier ${gatewayMore} ${times}`).minimal}`),
  },
  ListServiceNetworkResourceAssociations: {
    status: 200,
    full: items(`${resourceAssociation} ${privateDns}`),
    minimal: items(resourceAssociation),
    more: { none: 'items[]', failed: items(`${resourceAssociation} failureCode`) },
  },
  ListServiceNetworkServiceAssociations: {
    status: 200,
    full: items(`${serviceAssociation} customDomainName`),
    minimal: items(serviceAssociation),
    more: { none: 'items[]' },
  },
  ListServiceNetworkVpcAssociations: {
    status: 200,
    full: items(`${vpcAssociation} privateDnsEnabled ${dnsOptions}`),
    minimal: items(vpcAssociation),
    more: { none: 'items[]' },
  },
  ListServiceNetworkVpcEndpointAssociations: {
    status: 200,
    full: items('vpcEndpointId vpcId vpcEndpointOwnerId id state serviceNetworkArn createdAt'),
    more: { none: 'items[]' },
  },
  StartDomainVerification: { status: 201, full: verification },
  UpdateResourceConfiguration: {
    status: 200,
    full: `id name arn resourceGatewayId type portRanges[*] status ${updatedConfiguration} ${dnsResource}`,
    minimal: `id name arn resourceGatewayId type portRanges[*] status ${updatedConfiguration} ${ipResource}`,
    more: {
      group: `id name arn resourceGatewayId type portRanges[] status ${updatedConfiguration}`,
      child: `id name arn resourceGatewayId type portRanges[*] status ${updatedConfiguration} ${ipResource} resourceConfigurationGroupId`,
    },
  },
  UpdateResourceGateway: { status: 200, ...gateways(`${gateway} vpcId`) },
  UpdateServiceNetworkVpcAssociation: {
    status: 200,
    full: `id arn status createdBy securityGroupIds[*] privateDnsEnabled ${dnsOptions}`,
    minimal: 'id arn status createdBy securityGroupIds[]',
  },
};
