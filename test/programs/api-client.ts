// Calls the AWS API with what SDKs find in a workload by themselves, and says who it was and what it got.

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ListServicesCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';

const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand());
let services: unknown;
try {
  services = ((await new VPCLatticeClient({}).send(new ListServicesCommand())).items ?? []).length;
} catch (error) {
  services = String(error);
}
process.stdout.write(`${JSON.stringify({ Arn, services, endpoint: process.env['AWS_ENDPOINT_URL'] })}\n`);
