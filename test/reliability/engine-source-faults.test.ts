/** Each fault of a bundle server, over real HTTP, while a policy is in force: it stays in force, says what is wrong, and recovers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bundle } from '../../src/engine/bundle.ts';
import { httpGet } from '../../src/engine/release/http-get.ts';
import { createHttpSource } from '../../src/engine/release/http-source.ts';
import type { Releases } from '../../src/engine/release/releases.ts';
import { bundleSha256 } from '../../src/engine/trust/trust.ts';
import { bundleNamed, bundleWith } from '../support/bundle-bytes.ts';
import { followedReleases } from '../support/followed-releases.ts';
import { releaseKey, signedBundle, trustIn } from '../support/release-keys.ts';
import { until } from '../support/waiting.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const release = releaseKey('release');
const running: Releases[] = [];
let troubles: Bundle;
let folder: string;
let server: Server;
let url: URL;
let answer: Answer;
let now: number;

beforeAll(async () => {
  troubles = await bundleNamed('troubles');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-faults-'));
  now = 0;
  server = createServer((request, response) => answer(request, response));
  await listen(0);
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/bundle.tar.gz`);
});
afterEach(async () => {
  for (const releases of running.splice(0)) await releases.close();
  await shut();
  await rm(folder, { recursive: true });
});

const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
const shut = () => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};

const signed = (profile: string, sequence: number) =>
  signedBundle(bundleWith(troubles, { 'data.json': JSON.stringify({ settings: { profile } }) }), release, { sequence });

/** A server that keeps to the protocol. */
const serves =
  (bytes: Uint8Array, etag = `"${bundleSha256(bytes)}"`): Answer =>
  (request, response) => {
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { etag }).end(bytes);
  };

async function follow(pace = {}) {
  const source = createHttpSource({ url, wait: 0, approvals: false, monotonic: () => now });
  const trust = trustIn([release.verifies]);
  const made = await followedReleases(join(folder, 'policy'), source, { trust: () => trust, pace });
  running.push(made.releases);
  return made;
}

describe('a bundle server that fails while a policy is in force', () => {
  let two: Uint8Array;
  const faults: Record<string, { fault: () => Answer | Promise<unknown>; shows: RegExp; again?: () => Promise<void> }> =
    {
      'is down': { fault: shut, shows: /ECONNREFUSED/, again: () => listen(Number(url.port)) },
      'answers 503': { fault: () => (_, response) => response.writeHead(503).end(), shows: /answers 503$/ },
      'closes without a word': { fault: () => (_, response) => response.destroy(), shows: /cannot be read/ },
      'sends half, and says how much it should have been': {
        fault: () => (_, response) => {
          response.writeHead(200, { etag: '"two"', 'content-length': two.length });
          response.write(two.subarray(0, two.length / 2), () => response.destroy());
        },
        shows: /cannot be read/,
      },
      'sends half as if it were all, under the ETag of the whole': {
        fault: () => serves(two.subarray(0, two.length / 2), '"two"'),
        shows: /^read: it is not a complete gzip file$/,
      },
      'says that nothing changed to who knows nothing': {
        fault: () => (_, response) => response.writeHead(304, { etag: '"two"' }).end(),
        // Asked with an ETag it is believed, so the fault shows once nothing is known any more.
        shows: /304 to a question without ETag/,
      },
      'sends a web page instead': {
        fault: () => (_, response) => response.writeHead(200, { etag: '"two"' }).end('<html>Under maintenance</html>'),
        shows: /^read: it is not a complete gzip file$/,
      },
    };

  it.each(Object.keys(faults))('%s', async (name) => {
    const { fault, shows, again } = faults[name] ?? { fault: () => serves(two), shows: /never/ };
    two = await signed('two', 2);
    answer = serves(await signed('one', 1));
    const { releases, engine, profile } = await follow();
    await releases.start();
    const made = await fault();
    if (typeof made === 'function') answer = made as Answer;
    now += 600_001;
    const shown = () => {
      const { refused } = engine.status();
      return releases.status().source?.reason ?? (refused ? `${refused.step}: ${refused.reason}` : '');
    };
    await until(() => shown() !== '');
    expect(shown()).toMatch(shows);
    expect(profile()).toEqual({ data: { profile: 'one' } });
    answer = serves(two, '"two"');
    await again?.();
    await until(() => shown() === '');
    await until(() => engine.active().identity.release?.sequence === 2);
    expect(profile()).toEqual({ data: { profile: 'two' } });
  });
});

describe('a bundle server that is slow', () => {
  it('does not hold up a start: what was kept serves, and what it has comes into force later', async () => {
    answer = serves(await signed('one', 1));
    const first = await follow();
    await first.releases.start();
    await first.releases.close();
    const held: ServerResponse[] = [];
    answer = (_, response) => held.push(response);
    const second = await follow({ starting: 20 });
    await second.releases.start();
    expect(second.profile()).toEqual({ data: { profile: 'one' } });
    expect(second.releases.status().source?.reason).toBe('it did not answer within 0.02 s');
    answer = serves(await signed('two', 2));
    for (const response of held) response.destroy();
    await until(() => second.engine.active().identity.release?.sequence === 2);
    expect(second.releases.status().source).toBeUndefined();
  });

  const impatient = { headers: {}, tls: {}, maxBytes: 2 ** 20, signal: new AbortController().signal };
  it.each([
    ['says nothing', { silence: 20, longest: 60_000 }, () => {}, /it was silent for 0\.02 s/],
    [
      'says nothing more',
      { silence: 20, longest: 60_000 },
      (response: ServerResponse) => response.write('half'),
      /silent/,
    ],
    [
      'sends a byte now and then, without end',
      { silence: 60_000, longest: 50 },
      (response: ServerResponse) => {
        const drip = setInterval(() => response.write('.'), 5);
        response.on('close', () => clearInterval(drip));
      },
      /it took longer than 0\.05 s/,
    ],
  ] as const)('and %s: it is left, with the reason', async (_, patience, does, reason) => {
    answer = (_request, response) => void does(response);
    await expect(httpGet(url, { ...impatient, ...patience })).rejects.toThrow(reason);
  });
});
