import { createHash, type KeyObject } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleSha256 } from '../../src/engine/trust/trust.ts';
import { makeFactsFile } from '../../src/facts/facts-file.ts';
import { bundleNamed, bundleWith } from '../support/bundle-bytes.ts';
import { approvalsFile, approver, releaseKey, signedBundle, statement } from '../support/release-keys.ts';
import { type Serving, serving } from '../support/serving.ts';
import { until } from '../support/waiting.ts';

/** A case that the version of a bundle keeps, or breaks. */
const carried = (profile: string) => `id: V1
title: Het profiel is ${profile}
request:
  subject: { type: user, id: alice }
  action: { name: settings }
  resource: { type: file, id: '1' }
expect:
  decision: false
`;

describe('datwat serve, with bundles from a server', () => {
  const release = releaseKey('release');
  const domain = approver('ans', 'sociaal_domein', 'Ans');
  const privacy = approver('bob', 'privacy', 'Bob');
  let folder: string;
  let server: Server;
  let port = 0;
  let offered: { bytes: Uint8Array; approvals: string } | undefined;
  let service: Serving | undefined;

  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const pem = (name: string, key: KeyObject) =>
    write(name, key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }));

  async function version(profile: string, sequence: number, cases = carried(profile)) {
    const base = await bundleNamed('troubles');
    const bundle = bundleWith(base, { 'data.json': JSON.stringify({ settings: { profile } }), 'cases/v1.yaml': cases });
    const bytes = await signedBundle(bundle, release, { sequence });
    const approvals = [domain, privacy].map((who) => statement(who, 'approve', bundleSha256(bytes)));
    return { bytes, approvals: approvalsFile(...approvals), revision: bundle.revision };
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'datwat-releases-'));
    server = createServer((request, response) => {
      if (offered === undefined) response.writeHead(503).end();
      else if (request.url?.endsWith('.approvals.json')) response.end(offered.approvals);
      else {
        const etag = `"${bundleSha256(offered.bytes)}"`;
        if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
        else response.writeHead(200, { etag }).end(offered.bytes);
      }
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    const approverOf = (of: typeof domain, id: string) =>
      `{ id: ${id}, algorithm: ES256, file: ${pem(`${id}.pub.pem`, of.verifies.key)}, office: ${of.verifies.office}, person: ${of.verifies.person} }`;
    write(
      'config.yaml',
      `mode: production
port: 0
public_url: https://datwat.example.nl
bundle: http://127.0.0.1:${port}/bundle.tar.gz
bundle_keys: [{ id: release, algorithm: ES256, file: ${pem('release.pub.pem', release.verifies.key)} }]
approvers: [${approverOf(domain, 'ans')}, ${approverOf(privacy, 'bob')}]
quorum: { offices: [sociaal_domein, privacy] }
bundle_source: { poll: 1, wait: 0 }
pseudonym: { active: a, keys: [{ id: a, file: ${write('pseudonym.key', 'k'.repeat(64))} }] }
ledger: { folder: ${join(folder, 'ledger')}, signing_key: ${pem('ledger.pem', release.signs)} }
facts: ${join(folder, 'facts.sqlite')}
callers: [{ name: test, api_key_sha256: '${createHash('sha256').update('key').digest('hex')}', doors: [authzen] }]
`,
    );
    makeFactsFile({ file: join(folder, 'facts.sqlite'), people: 'invented' });
  });
  afterEach(async () => {
    await service?.end('SIGKILL');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
    offered = undefined;
  });

  const start = async () => {
    service = await serving(['--config', join(folder, 'config.yaml')]);
    return service;
  };
  const ready = async (of: Serving) => JSON.parse(await (await fetch(`${of.url}/health/ready`)).text()).policy;
  const readyWhen = async (
    of: Serving,
    holds: (policy: { active?: { revision: string }; refused?: { step: string }; source?: object }) => boolean,
  ) => {
    let policy = await ready(of);
    let reading = false;
    await until(() => {
      if (!reading) {
        reading = true;
        void ready(of).then((now) => {
          policy = now;
          reading = false;
        });
      }
      return holds(policy);
    });
    return policy;
  };
  const profile = async (of: Serving) => {
    const response = await fetch(`${of.url}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer key' },
      body: JSON.stringify({
        subject: { type: 'user', id: 'alice' },
        action: { name: 'settings' },
        resource: { type: 'file', id: '1' },
      }),
    });
    return JSON.parse(await response.text()).context.data.profile;
  };
  const lines = () =>
    readdirSync(join(folder, 'ledger/segments'))
      .flatMap((name) => readFileSync(join(folder, 'ledger/segments', name), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const events = () =>
    lines()
      .filter(({ event_name }) => event_name.startsWith('datwat.bundle'))
      .map(({ event_name, attributes }) =>
        `${event_name.slice('datwat.bundle_'.length)} ${attributes['datwat.step'] ?? ''}`.trim(),
      );

  it('takes a new policy without a restart, refuses one that breaks its cases, and survives an outage and a kill', async () => {
    offered = await version('one', 1);
    const first = await start();
    expect(await profile(first)).toBe('one');

    const two = await version('two', 2);
    offered = two;
    await readyWhen(first, ({ active }) => active?.revision === two.revision);
    expect(await profile(first)).toBe('two');

    const broken = await version('three', 3, carried('three').replace('decision: false', 'decision: true'));
    offered = broken;
    const refused = await readyWhen(first, (policy) => policy.refused !== undefined);
    expect(refused.refused).toMatchObject({
      step: 'cases',
      reason: expect.stringMatching(/V1: decision: expected true, got false/),
    });
    expect(await profile(first)).toBe('two');

    offered = undefined;
    await readyWhen(first, ({ source }) => source !== undefined);
    expect(await profile(first)).toBe('two');
    await first.end('SIGKILL');

    const second = await start();
    expect(await profile(second)).toBe('two');
    offered = await version('one', 1);
    expect((await readyWhen(second, (policy) => policy.refused !== undefined)).refused).toMatchObject({
      step: 'freshness',
    });
    const four = await version('four', 4);
    offered = four;
    await readyWhen(second, ({ active }) => active?.revision === four.revision);
    expect(await profile(second)).toBe('four');
    expect(await second.end('SIGTERM')).toBe(0);
    expect(events()).toEqual([
      'activated',
      'activated',
      'refused cases',
      'activated',
      'refused freshness',
      'activated',
    ]);
  }, 60_000);

  it('does not start on a bundle whose quorum is not there, and says whose approval is missing', async () => {
    const one = await version('one', 1);
    offered = { ...one, approvals: approvalsFile(statement(domain, 'approve', bundleSha256(one.bytes))) };
    await expect(start()).rejects.toThrow(/the approval of privacy is missing/);
  });

  it('starts with a pin alone, and log, readiness and each record say that nothing is written about approval', async () => {
    const { bytes } = await version('one', 1);
    const config = readFileSync(join(folder, 'config.yaml'), 'utf8')
      .replace(/^bundle: .*$/m, `bundle: ${write('bundle.tar.gz', bytes)}\nbundle_sha256: ${bundleSha256(bytes)}`)
      .replace(/^(bundle_keys|approvers|quorum): .*\n/gm, '');
    write('config.yaml', config);
    const pinned = await start();
    expect(pinned.said()).toMatch(/"means":"bundle_sha256 stands in for the signature .* write quorum.*"no_quorum"/);
    expect((await ready(pinned)).warning).toMatch(/not for approval of it: write quorum/);
    expect(await profile(pinned)).toBe('one');
    const decision = lines().find(({ event_name }) => event_name === 'adl.access_evaluation');
    expect(decision.attributes['adl.core.configuration'].datwat.quorum).toBe('not_written');
    expect(decision.attributes['adl.core.policies'].datwat.release).toEqual({ freshness: 'pinned', quorum: 'none' });
    await pinned.end('SIGTERM');

    write('config.yaml', `${config}quorum: none\n`);
    const accepted = await start();
    expect(accepted.said()).not.toMatch(/no_quorum/);
    expect((await ready(accepted)).warning).toBeUndefined();
  });
});
