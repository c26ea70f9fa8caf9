// What workloads inherit of the environment: all of it but what is meant for Pergola's own processes.

/** Where `tools/bootstrap.mjs` lets Node keep what it has compiled. */
const ownCache = /[\\/]node_modules[\\/]\.cache[\\/]pergola$/;

/** The variable by which a server that became itself anew in a user namespace knows that it is inside: the id of its keeper. */
export const userNamespaceVariable = 'PERGOLA_USER_NAMESPACE';

/** `environment` without the place of our compiled sources, where other people's programs must not write, and without what is of the server alone. */
export function workloadEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const { NODE_COMPILE_CACHE: cache, [userNamespaceVariable]: _, ...others } = environment;
  return cache === undefined || ownCache.test(cache) ? others : { ...others, NODE_COMPILE_CACHE: cache };
}
