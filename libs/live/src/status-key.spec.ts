import { ManualClock } from 'guichet/testing';
import type { LiveState } from './live-state.js';
import { StatusKey } from './status-key.js';

const turn = (): Promise<void> => new Promise(setImmediate);

function stateOf(version: string): LiveState {
  return {
    source: 'test',
    condition: 'invalid',
    unreachable: undefined,
    inForce: { version, from: 'source', index: '7', sinceEpochMs: 0, document: { secret: 'planted' } },
    refused: {
      version: 'ffff00000000',
      index: '8',
      sinceEpochMs: 1_000,
      problems: [
        {
          where: 'live configuration',
          path: 'limits.address.limit',
          message: 'too small',
          mend: 'set it to at least 1',
        },
      ],
      omitted: 0,
    },
  };
}

describe('StatusKey', () => {
  function setUp() {
    const clock = new ManualClock();
    const written: string[] = [];
    const removed: string[] = [];
    const warnings: string[] = [];
    let trouble: Error | undefined;
    let asked = 0;
    const consul = {
      write: async (_: string, text: string): Promise<void> => {
        asked++;
        if (trouble !== undefined) throw trouble;
        written.push(text);
      },
      remove: async (key: string): Promise<void> => void removed.push(key),
    };
    const log = {
      info: (message: string) => void warnings.push(message),
      warn: (message: string) => void warnings.push(message),
    };
    const status = new StatusKey('guichet/web/status/web-10.0.0.7:3000', consul, clock, log);
    const fail = (error: Error | undefined): void => void (trouble = error);
    return { clock, written, removed, warnings, status, fail, asked: () => asked };
  }

  it('tells what is in force, since when, and why not what was found; not the document itself', async () => {
    const { status, written } = setUp();
    status.tell(stateOf('abc'));
    await turn();
    expect(JSON.parse(written[0]!)).toEqual({
      condition: 'invalid',
      inForce: { version: 'abc', from: 'source', index: '7', since: '1970-01-01T00:00:00.000Z' },
      refused: {
        version: 'ffff00000000',
        index: '8',
        since: '1970-01-01T00:00:01.000Z',
        problems: [
          {
            where: 'live configuration',
            path: 'limits.address.limit',
            message: 'too small',
            mend: 'set it to at least 1',
          },
        ],
        omitted: 0,
      },
    });
  });

  it('writes once a second, of many changes the last', async () => {
    const { status, written, clock } = setUp();
    for (let n = 0; n < 50; n++) status.tell(stateOf(String(n)));
    await turn();
    clock.advance(1_000);
    await turn();
    clock.advance(10_000);
    await turn();
    expect(written.map(text => (JSON.parse(text) as { inForce: { version: string } }).inForce.version)).toEqual([
      '0',
      '49',
    ]);
  });

  it('names the rule once where the token does not allow it, asks every half a minute, and says that it does', async () => {
    const { status, written, warnings, clock, fail, asked } = setUp();
    fail(Object.assign(new Error('Permission denied'), { statusCode: 403 }));
    status.tell(stateOf('1'));
    await turn();
    for (let n = 0; n < 59; n++) {
      clock.advance(1_000);
      await turn();
    }
    status.tell(stateOf('2'));
    await turn();
    const complaint = expect.stringMatching(
      /^guichet\/web\/status\/web-10\.0\.0\.7:3000 is not written: .* needs key_prefix "guichet\/web\/status\/" \{ policy = "write" \}$/,
    ) as string;
    expect([asked(), written, warnings]).toEqual([2, [], [complaint]]);
    fail(undefined);
    clock.advance(1_000);
    await turn();
    expect(written).toEqual([expect.stringContaining('"version":"2"')]);
    expect(warnings).toEqual([complaint, 'guichet/web/status/web-10.0.0.7:3000 is written again']);
  });

  it('tries again where Consul did not take it', async () => {
    const { status, written, clock, fail } = setUp();
    fail(new Error('ECONNREFUSED'));
    status.tell(stateOf('1'));
    await turn();
    fail(undefined);
    clock.advance(5_000);
    await turn();
    expect(written).toHaveLength(1);
  });

  it('takes away what it wrote, and nothing else', async () => {
    const first = setUp();
    await first.status.close();
    expect(first.removed).toEqual([]);
    const second = setUp();
    second.status.tell(stateOf('1'));
    await turn();
    await second.status.close();
    second.status.tell(stateOf('2'));
    await turn();
    expect([second.removed, second.written.length]).toEqual([['guichet/web/status/web-10.0.0.7:3000'], 1]);
  });
});
