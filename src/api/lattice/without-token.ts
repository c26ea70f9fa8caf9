// The parameters of a creating call.

/** `request` without its idempotency token, which is the store's affair. */
export function withoutToken<T extends { readonly clientToken?: string }>(request: T): Omit<T, 'clientToken'> {
  const { clientToken: _token, ...parameters } = request;
  return parameters;
}
