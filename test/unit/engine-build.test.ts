import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyBuild } from '../../src/cli/policy-build.ts';
import { readRuleSource } from '../../src/cli/rule-source.ts';
import { buildBundle } from '../../src/engine/build-bundle.ts';
import { committedBundle, openBundle } from '../../src/engine/open-bundle.ts';
import { readBundle, readBundleFile } from '../../src/engine/read-bundle.ts';
import { findOpa, type Opa, OpaMissing } from '../../src/engine/toolchain.ts';

const POLICIES = join(import.meta.dirname, '../../policies');
const ALICE = join(import.meta.dirname, '../support/bundles/alice-reads/policies');
const opa: Opa | undefined = await findOpa(POLICIES).catch(() => undefined);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('looking for opa', () => {
  const stub = async (name: string, version: string) => {
    await mkdir(join(folder, 'bin'), { recursive: true });
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\necho "Version: ${version}"\n`);
    await chmod(join(folder, 'bin', name), 0o755);
  };
  const pin = async (version: string) => {
    await mkdir(join(folder, 'toolchain'));
    await writeFile(
      join(folder, 'toolchain/go.mod'),
      `require (\n\tgithub.com/open-policy-agent/opa v${version} // indirect\n)\n`,
    );
  };

  it('takes the one in $OPA, when it is of the pinned version', async () => {
    await pin('9.8.7');
    await stub('mine', '9.8.7');
    const command = join(folder, 'bin/mine');
    // It is run in another folder than it is looked for.
    for (const OPA of [command, relative('.', command)]) {
      expect(await findOpa(folder, { OPA, PATH: '/nowhere' })).toEqual({ command, version: '9.8.7' });
    }
  });

  it('passes over another version, and says which one is needed and where its release is', async () => {
    await pin('9.8.7');
    await stub('mine', '1.0.0');
    const search = findOpa(folder, { OPA: join(folder, 'bin/mine'), PATH: '/nowhere' });
    await expect(search).rejects.toThrow(OpaMissing);
    await expect(search).rejects.toThrow(
      /opa 9\.8\.7.*\$OPA: version 1\.0\.0[\s\S]*releases\/tag\/v9\.8\.7[\s\S]*needs no opa/,
    );
  });
});

describe.skipIf(opa === undefined)(
  'building policies (left out without the pinned opa: install Go, or name it in $OPA)',
  () => {
    const build = (policies: string) => buildBundle(policies, opa ?? { command: 'opa', version: '' });

    it('makes the same bytes every time, wherever the folder stands and whatever it is called, with the cases inside', async () => {
      await cp(ALICE, join(folder, 'one/policies'), { recursive: true });
      await mkdir(join(folder, 'one/policies/cases'));
      await writeFile(join(folder, 'one/policies/cases/alice may read.yaml'), 'id: A1\n');
      await cp(join(folder, 'one/policies'), join(folder, 'two/deeper/draft'), { recursive: true });
      const one = await build(join(folder, 'one/policies'));
      const two = await build(join(folder, 'two/deeper/draft'));
      expect(Buffer.compare(one, two)).toBe(0);
      const bundle = await readBundle(one);
      const { files } = bundle;
      expect([...files.keys()].sort()).toEqual([
        '.manifest',
        'cases/alice may read.yaml',
        'data.json',
        'plan.json',
        'policies/authz/decision.rego',
        'policy.wasm',
        'rules.sha256',
      ]);
      const rule = 'policies/authz/decision.rego';
      const source = await readRuleSource(bundle, join(folder, 'two/deeper/draft'), [rule]);
      expect(source?.get(rule)?.join('\n')).toBe(await readFile(join(ALICE, 'authz/decision.rego'), 'utf8'));
    });

    it('takes the entrypoints from the manifest', async () => {
      await cp(join(ALICE, '../../troubles/policies'), join(folder, 'policies'), { recursive: true });
      const entrypoints = ['authz/decision', 'authz/search/action'];
      await writeFile(join(folder, 'policies/.manifest'), JSON.stringify({ metadata: { datwat: { entrypoints } } }));
      const { manifest } = await readBundle(await build(join(folder, 'policies')));
      expect(manifest.datwat).toEqual({ entrypoints, plan: 'plan.json' });
    });

    it('hands on what the compiler says, with file and line, in the folder as it is called', async () => {
      for (const name of ['policies', 'draft']) {
        await mkdir(join(folder, name, 'authz'), { recursive: true });
        await writeFile(join(folder, name, 'authz/broken.rego'), 'package authz\n\ndecision := {\n');
        await expect(build(join(folder, name))).rejects.toMatchObject({
          step: 'build',
          reason: expect.stringMatching(new RegExp(`(^|\\s)${name}/authz/broken\\.rego:\\d`)),
        });
      }
    });

    it('refuses a builtin that the capabilities do not list', async () => {
      await mkdir(join(folder, 'policies/authz'), { recursive: true });
      await cp(join(POLICIES, 'capabilities.json'), join(folder, 'policies/capabilities.json'));
      await writeFile(
        join(folder, 'policies/authz/clock.rego'),
        'package authz\n\ndecision := {"decision": time.now_ns() > 0}\n',
      );
      await expect(build(join(folder, 'policies'))).rejects.toMatchObject({
        reason: expect.stringMatching(/time\.now_ns/),
      });
    });

    it('opens a folder in development only, by building it', async () => {
      await cp(ALICE, join(folder, 'policies'), { recursive: true });
      await mkdir(join(folder, 'policies/toolchain'));
      await cp(join(POLICIES, 'toolchain'), join(folder, 'policies/toolchain'), { recursive: true });
      await expect(openBundle(join(folder, 'policies'), { mode: 'development' })).resolves.toHaveProperty('revision');
      await expect(openBundle(join(folder, 'policies'), { mode: 'production' })).rejects.toMatchObject({
        step: 'read',
      });
    });

    it('the committed bundle is what the policies build to', async () => {
      const committed = await readBundleFile(committedBundle(POLICIES));
      const built = await readBundle(await build(POLICIES));
      const same = built.revision === committed.revision;
      expect(
        same,
        'policies/bundle.tar.gz is not what policies/ builds to; run: npm run -s datwat -- policy build',
      ).toBe(true);
    });

    it('the command writes a bundle that loads, and says what it is', async () => {
      await cp(ALICE, join(folder, 'policies'), { recursive: true });
      await cp(join(POLICIES, 'toolchain'), join(folder, 'policies/toolchain'), { recursive: true });
      const lines: string[] = [];
      const output = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
      expect(await policyBuild({ policies: join(folder, 'policies'), json: true }, output)).toBe(0);
      const said: { bundle: string; revision: string; sha256: string } = JSON.parse(lines[0] ?? '');
      const bytes = await readFile(said.bundle);
      expect((await readBundle(bytes, { sha256: said.sha256 })).revision).toBe(said.revision);
      await writeFile(join(folder, 'policies/authz/decision.rego'), 'package authz\n\ndecision := true\n');
      expect(await policyBuild({ policies: join(folder, 'policies'), json: true }, output)).toBe(1);
      expect(lines[1]).toMatch(/contract[\s\S]*not an object/);
      expect(Buffer.compare(await readFile(said.bundle), bytes)).toBe(0);
    });
  },
);

describe('production', () => {
  it('reads no bundle that is neither signed nor pinned', async () => {
    const file = join(ALICE, '../../alice-reads.tar.gz');
    await expect(openBundle(file, { mode: 'production' })).rejects.toMatchObject({ step: 'verify' });
    await expect(openBundle(file, { mode: 'development' })).resolves.toHaveProperty('revision');
  });
});
