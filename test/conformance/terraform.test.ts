// Terraform and its AWS provider against a whole server: each configuration is applied, has nothing to change then, and is destroyed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListPoliciesCommand, ListRolesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import {
  ListResourceConfigurationsCommand,
  ListResourceGatewaysCommand,
  ListServiceNetworksCommand,
  ListServicesCommand,
  ListTargetGroupsCommand,
} from '@aws-sdk/client-vpc-lattice';
import { partFolder } from '../../tools/peers.ts';
import { finish, TestServer, type Finished } from '../server.ts';

const folder = join(import.meta.dirname, 'terraform');
const shared = 'provider.tf';
const configurations = globSync('*.tf', { cwd: folder }).filter((file) => file !== shared);

/** Configurations that are applied once more with another value of their variable `step`. */
const changing: readonly string[] = ['ec2-changes.tf'];

/** Nothing to change, as `plan -detailed-exitcode` says; 2 would be something. */
const empty = 0;

/** What there is of everything that configurations make, by kind; VPCs bring and take the rest. */
async function inventory({ ec2, iam, lattice, route53 }: TestServer): Promise<Readonly<Record<string, number>>> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand());
  const running = Reservations.flatMap(({ Instances = [] }) => Instances).filter(
    ({ State }) => State?.Name !== 'terminated',
  );
  return {
    vpcs: (await ec2.send(new DescribeVpcsCommand())).Vpcs?.length ?? 0,
    groups: (await ec2.send(new DescribeSecurityGroupsCommand())).SecurityGroups?.length ?? 0,
    interfaces: (await ec2.send(new DescribeNetworkInterfacesCommand())).NetworkInterfaces?.length ?? 0,
    instances: running.length,
    roles: (await iam.send(new ListRolesCommand())).Roles?.length ?? 0,
    users: (await iam.send(new ListUsersCommand())).Users?.length ?? 0,
    policies: (await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies?.length ?? 0,
    zones: (await route53.send(new ListHostedZonesCommand())).HostedZones?.length ?? 0,
    services: (await lattice.send(new ListServicesCommand())).items?.length ?? 0,
    networks: (await lattice.send(new ListServiceNetworksCommand())).items?.length ?? 0,
    targetGroups: (await lattice.send(new ListTargetGroupsCommand())).items?.length ?? 0,
    gateways: (await lattice.send(new ListResourceGatewaysCommand())).items?.length ?? 0,
    configurations: (await lattice.send(new ListResourceConfigurationsCommand())).items?.length ?? 0,
  };
}

/** A folder with one configuration, in which `terraform` runs with the provider of the part. */
function prepare(server: TestServer, file: string): (...args: readonly string[]) => Promise<Finished> {
  const cwd = join(server.data, basename(file, '.tf'));
  mkdirSync(cwd);
  for (const one of [shared, file]) copyFileSync(join(folder, one), join(cwd, one));
  const settings = join(cwd, 'terraformrc');
  writeFileSync(
    settings,
    `provider_installation {
  dev_overrides { "hashicorp/aws" = ${JSON.stringify(partFolder('terraform-aws'))} }
  direct {}
}
`,
  );
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|TF_|PERGOLA_)/.test(name));
  const env = {
    ...Object.fromEntries(kept),
    ...{ TF_CLI_CONFIG_FILE: settings, TF_IN_AUTOMATION: '1', TF_VAR_endpoint: server.api, CHECKPOINT_DISABLE: '1' },
    // With `--open` a key of twelve digits is its account.
    ...{ AWS_ACCESS_KEY_ID: '123456789012', AWS_SECRET_ACCESS_KEY: 'secret' },
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' },
  };
  return (command, ...args) =>
    finish(spawn('terraform', [command ?? '', '-no-color', '-input=false', ...args], { env, cwd, stdio: 'pipe' }));
}

test('Terraform applies every configuration, finds nothing to change, and destroys it without a trace', async (t) => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, args: ['--open'] });
  const before = await inventory(server);
  assert.ok(configurations.length > 1);
  // Most of the time the provider waits.
  await Promise.all(
    configurations.map((file) =>
      t.test(basename(file, '.tf'), async () => {
        const terraform = prepare(server, file);
        for (const step of changing.includes(file) ? [1, 2] : [undefined]) {
          const variables = step === undefined ? [] : [`-var=step=${step}`];
          const applied = await terraform('apply', '-auto-approve', ...variables);
          assert.equal(applied.status, 0, applied.stderr);
          const plan = await terraform('plan', '-detailed-exitcode', ...variables);
          assert.equal(plan.status, empty, `${plan.stdout}\n${plan.stderr}`);
        }
        const destroyed = await terraform('destroy', '-auto-approve');
        assert.equal(destroyed.status, 0, destroyed.stderr);
      }),
    ),
  );
  assert.deepEqual(await inventory(server), before);
});
