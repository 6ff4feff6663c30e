import { type BootProblems, systemClock } from 'guichet/kernel';
import { Executions, inspectorOptions, type InspectorParts } from 'guichet/inspector';
import type { BffOptions } from './bff-options.js';
import { oneHost } from './edge/allowed-hosts.js';

/** @returns what the inspector is told of the app; undefined where it is off, and then nothing of it costs anything */
export function inspectorParts(
  { name, edge }: BffOptions,
  managementHost: string,
  environment: NodeJS.ProcessEnv,
  problems: BootProblems,
): InspectorParts | undefined {
  const { isOn, token } = inspectorOptions(environment, problems);
  if (!isOn) return undefined;
  return {
    executions: new Executions(systemClock),
    token,
    name,
    environment: environment['NODE_ENV'] || 'development',
    managementHost,
    appHost: oneHost(edge.hosts, environment),
  };
}
