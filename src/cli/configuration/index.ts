// pergola.yaml: from text to a checked configuration.

export { checkAttachments } from './check-attachments.ts';
export { defaultAccount, type Configuration } from './configuration.ts';
export { defaultLimits, type Limits } from './limits.ts';
export { emptyConfiguration, readConfiguration } from './read-configuration.ts';
