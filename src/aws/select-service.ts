// Decides which service a request means: signature scope, else target header, else action and version, else Host prefix.

import type { Authorization } from '../sigv4/index.ts';
import type { ServiceDefinition, WireRequest } from './codec.ts';
import { parseForm } from './form.ts';
import { parseTarget } from './target.ts';

/**
 * The service that a request means; undefined when its signature names one that is not served.
 * A request that says nothing at all goes to the first of `services`.
 */
export function selectService(
  services: readonly ServiceDefinition[],
  request: WireRequest,
  authorization: Authorization | undefined,
): ServiceDefinition | undefined {
  if (authorization !== undefined)
    return services.find(({ signingName }) => signingName === authorization.scope.service);
  const target = parseTarget(request.headers.get('x-amz-target'));
  const byTarget =
    target === undefined ? undefined : services.find(({ targetPrefix }) => targetPrefix === target.prefix);
  return byTarget ?? byVersion(services, request) ?? byHost(services, request) ?? services[0];
}

function byVersion(services: readonly ServiceDefinition[], request: WireRequest): ServiceDefinition | undefined {
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  const form = parseForm(request.query, isForm ? request.body.toString('utf8') : '');
  const version = form.children.get('Version')?.text;
  return version === undefined || !form.children.has('Action')
    ? undefined
    : services.find((service) => service.version === version);
}

function byHost(services: readonly ServiceDefinition[], request: WireRequest): ServiceDefinition | undefined {
  const prefix = request.headers.get('host')?.split(/[.:]/)[0];
  return services.find(({ signingName }) => signingName === prefix);
}
