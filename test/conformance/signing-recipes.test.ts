// The recipes of docs/signing.md, as they stand there, against a service that lets one role in: JavaScript, Python and curl.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import { partFolder } from '../../tools/peers.ts';
import { given, listenerPort } from '../e2e/scenario.ts';
import { openShop, type Shop } from '../e2e/shop.ts';
import { ownCheckout, TestServer } from '../server.ts';

const recipes = readFileSync(join(ownCheckout.root, 'docs', 'signing.md'), 'utf8');
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** The first block of `language` below the heading. */
function recipe(heading: string, language: string): string {
  const [, part = ''] = recipes.split(`## ${heading}\n`);
  return (
    new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(part)?.[1] ?? assert.fail(`there is no recipe for ${heading}`)
  );
}

describe('recipes', () => {
  let server: TestServer;
  let shop: Shop;
  let folder: string;
  let keys: readonly string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pergola-recipes-'));
    symlinkSync(join(ownCheckout.root, 'node_modules'), join(folder, 'node_modules'));
    server = await TestServer.start({ attach: 'netns' });
    shop = await openShop(server);
    const admin = given((await server.sts.send(new GetCallerIdentityCommand())).Arn);
    const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: admin }, Action: 'sts:AssumeRole' });
    const { Role } = await server.iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument }));
    const RoleArn = given(Role?.Arn);
    const PolicyDocument = document({ Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' });
    await server.iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'may', PolicyDocument }));
    await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType: 'AWS_IAM' }));
    const policy = document({ Effect: 'Allow', Principal: { AWS: RoleArn }, Action: '*', Resource: '*' });
    await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: shop.service, policy }));
    await server.obeyed();
    const { Credentials: made } = await server.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'recipe' }));
    keys = [
      `AWS_ACCESS_KEY_ID=${made?.AccessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${made?.SecretAccessKey}`,
      `AWS_SESSION_TOKEN=${made?.SessionToken}`,
      'AWS_REGION=us-east-1',
      'AWS_DEFAULT_REGION=us-east-1',
    ];
  });
  after(async () => {
    await shop?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a recipe in the clients' VPC, with keys and without. */
  async function tried(file: string, text: string, ...program: readonly string[]): Promise<void> {
    const path = join(folder, file);
    writeFileSync(path, text);
    for (const target of ['/a', '/a%20b/c?d=e%20f&g=1&h']) {
      const url = `http://${shop.name}:${listenerPort}${target}`;
      const place = ['--vpc', shop.clients, '--address', '10.0.1.90'];
      const { stdout, stderr } = await server.exec(place, ['env', ...keys, ...program, path, url]);
      assert.match(stdout, /200/, `${target}: ${stdout}${stderr}`);
      assert.match(stdout, /assumed-role\/reader\/recipe/, stdout);
    }
  }

  test('JavaScript', () => tried('recipe.mjs', recipe('JavaScript', 'js'), process.execPath));
  test('Python', () =>
    tried('recipe.py', recipe('Python', 'python'), `PYTHONPATH=${partFolder('aws-python')}`, 'python3'));
  // Older curls sign the query as it stands.
  test('curl', () => tried('recipe.sh', recipe('curl', 'sh').replace('"$1"', '"${1%&h}"'), 'sh'));
});
