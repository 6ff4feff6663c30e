import { BootProblems } from 'guichet/kernel';
import { liveOptions, type LiveOptionsInput } from './live-options.js';

function read(environment: NodeJS.ProcessEnv, input?: LiveOptionsInput) {
  const problems = new BootProblems();
  return { options: liveOptions(input, environment, problems), problems };
}

describe('the options of live configuration', () => {
  it('are off, and look at nothing of Consul, where nothing is said', () => {
    const { options, problems } = read({ CONSUL_HTTP_ADDR: 'consul:8500', CONSUL_HTTP_TOKEN: 'planted' });
    expect(options.source).toBe('off');
    expect(JSON.stringify([options, problems.configuration.all])).not.toContain('planted');
  });

  it('are those of the environment over those of the code, empty variables left out', () => {
    const input = { source: 'file', file: '/etc/app/live.json', consul: { datacenter: 'eu' } } as const;
    expect(read({ LIVE_CONFIGURATION: '', LIVE_CONFIGURATION_FILE: '' }, input).options).toMatchObject(input);
    const { options, problems } = read(
      { LIVE_CONFIGURATION: 'consul', CONSUL_HTTP_ADDR: 'consul:8500', CONSUL_HTTP_TOKEN: 'planted' },
      input,
    );
    expect(options).toMatchObject({ source: 'consul', consul: { address: 'consul:8500', datacenter: 'eu' } });
    expect(problems.all).toEqual([]);
    expect(JSON.stringify(problems.configuration.all)).not.toContain('planted');
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['a source that is none', { LIVE_CONFIGURATION: 'etcd' }, 'LIVE_CONFIGURATION'],
    ['no file', { LIVE_CONFIGURATION: 'file' }, 'LIVE_CONFIGURATION_FILE'],
    [
      'the document as its own last good',
      { LIVE_CONFIGURATION: 'file', LIVE_CONFIGURATION_FILE: '/a', LIVE_CONFIGURATION_SNAPSHOT_FILE: '/a' },
      'LIVE_CONFIGURATION_SNAPSHOT_FILE',
    ],
    ['no address', { LIVE_CONFIGURATION: 'consul', CONSUL_HTTP_ADDR: 'http://a b' }, 'CONSUL_HTTP_ADDR'],
  ])('name the variable to change: %s', (_, environment, path) => {
    const { problems } = read(environment);
    expect(problems.all.map(problem => problem.path)).toEqual([path]);
    expect(problems.all[0]!.mend).not.toBe('');
  });
});
