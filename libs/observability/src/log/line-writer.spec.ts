import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from 'guichet/testing';
import { LineWriter } from './line-writer.js';

describe('LineWriter', () => {
  let folder: string;
  let file: string;
  let fd: number;
  const clock = new ManualClock();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lines-'));
    file = join(folder, 'log');
    fd = openSync(file, 'a');
  });
  afterEach(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  const written = (): string => readFileSync(file, 'utf8');

  it('writes many lines at once, after a short while or when there are enough', async () => {
    const writer = new LineWriter(fd, undefined, clock);
    writer.write('a\n');
    writer.write('b\n');
    expect(written()).toBe('');
    clock.advance(100);
    await writer.drained();
    expect(written()).toBe('a\nb\n');
    const long = `${'x'.repeat(20_000)}\n`;
    writer.write(long);
    await writer.drained();
    expect(written()).toBe(`a\nb\n${long}`);
  });

  it('keeps the order, also of what is said while it writes', async () => {
    const writer = new LineWriter(fd, undefined, clock);
    const lines = Array.from({ length: 5_000 }, (_, n) => `line ${n} é\n`);
    for (const line of lines) writer.write(line);
    await writer.drained();
    expect(written()).toBe(lines.join(''));
  });

  it('writes what waits at once when the process ends', () => {
    const writer = new LineWriter(fd, undefined, clock);
    writer.write('last words\n');
    writer.flushSync();
    expect(written()).toBe('last words\n');
  });

  it('loses what cannot be written, goes on, and says how much it was', async () => {
    const lost: number[] = [];
    const writer = new LineWriter(fd, lines => lost.push(lines), clock);
    // A disk that is full for one write.
    jest.spyOn(fs, 'write').mockImplementationOnce(((_: number, __: Buffer, done: (error: Error) => void) => {
      process.nextTick(done, Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    }) as never);
    writer.write('a\nb\n');
    await writer.drained();
    expect(lost).toEqual([]);
    writer.write('c\n');
    await writer.drained();
    expect(lost).toEqual([2]);
    expect(written()).toBe('c\n');
  });

  it('drops what nobody reads beyond 8 MiB', async () => {
    const lost: number[] = [];
    // A pipe that is full: nobody reads it.
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const reader = openSync(join(folder, 'pipe'), 'r+');
    const writer = new LineWriter(reader, lines => lost.push(lines), clock);
    const line = `${'x'.repeat(1_048_575)}\n`;
    for (let n = 0; n < 12; n++) writer.write(line);
    const cat = spawn('cat', [join(folder, 'pipe')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let read = 0;
    cat.stdout.on('data', (bytes: Buffer) => (read += bytes.length));
    await writer.drained();
    cat.kill();
    await once(cat, 'close');
    closeSync(reader);
    expect(lost).toEqual([3]);
    expect(read).toBeGreaterThan(8 * 1_048_576);
  });
});
