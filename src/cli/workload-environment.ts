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
