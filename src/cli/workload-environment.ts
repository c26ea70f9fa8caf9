// What workloads inherit of the environment: all of it but what is meant for Pergola's own processes.

/** Where `tools/bootstrap.mjs` lets Node keep what it has compiled. */
const ownCache = /[\\/]node_modules[\\/]\.cache[\\/]pergola$/;

/** `environment` without the place of our compiled sources: other people's programs must not write there. */
export function workloadEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const { NODE_COMPILE_CACHE: cache, ...others } = environment;
  return cache === undefined || ownCache.test(cache) ? others : environment;
}

/** By what an SDK would find other credentials than those of a role: it looks at these first. */
const credentialVariables: ReadonlySet<string> = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
]);

/** `environment` without credentials of whoever starts a workload that has a role of its own. */
export function withoutCredentials(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !credentialVariables.has(name)));
}
