import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { packArchive, unpackArchive } from '../../src/engine/archive.ts';

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { content?: string };

async function tarOf(...entries: Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry(header, content ?? '');
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const refusal = (reason: RegExp) => expect.objectContaining({ step: 'read', reason: expect.stringMatching(reason) });

describe('reading an archive', () => {
  it('gives files by their plain names', async () => {
    const tar = await tarOf(
      { name: '/a/b.json', content: '{}' },
      { name: './c', content: 'c' },
      { name: 'd/', type: 'directory' },
    );
    const files = await unpackArchive(gzipSync(tar));
    expect([...files].map(([name, content]) => [name, text(content)])).toEqual([
      ['a/b.json', '{}'],
      ['c', 'c'],
    ]);
  });

  it.each([
    ['a way out', { name: '../../etc/passwd', content: 'x' }, /does not lie inside/],
    ['a way out in the middle', { name: 'a/../../b', content: 'x' }, /does not lie inside/],
    ['a backslash', { name: 'a\\..\\b', content: 'x' }, /not a plain file name/],
    ['a symbolic link', { name: 'data.json', type: 'symlink', linkname: '/etc/passwd' }, /is a symlink/],
    ['a hard link', { name: 'data.json', type: 'link', linkname: 'policy.wasm' }, /is a link/],
    ['a device', { name: 'data.json', type: 'character-device' }, /is a character-device/],
  ] as const)('refuses %s', async (_, entry, reason) => {
    await expect(unpackArchive(gzipSync(await tarOf(entry)))).rejects.toEqual(refusal(reason));
  });

  it('refuses a folder that claims bytes, and does not wait for them', async () => {
    const tar = await tarOf({ name: 'd', content: 'x' });
    tar.write('5', 156);
    tar.write('        ', 148);
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await expect(unpackArchive(gzipSync(tar))).rejects.toEqual(refusal(/folder that claims/));
  });

  it('refuses a name that occurs twice, also with another spelling', async () => {
    const tar = await tarOf({ name: 'data.json', content: '{}' }, { name: '/data.json', content: '{"a":1}' });
    await expect(unpackArchive(gzipSync(tar))).rejects.toEqual(refusal(/occurs twice/));
  });

  it('refuses what is cut off at any place', async () => {
    const tar = await tarOf({ name: 'a', content: 'x'.repeat(2000) }, { name: 'b', content: 'y' });
    const packed = gzipSync(tar);
    for (const length of [0, 5, 20, packed.length - 9, packed.length - 1]) {
      await expect(unpackArchive(packed.subarray(0, length))).rejects.toEqual(refusal(/gzip/));
    }
    for (let blocks = 0; blocks < tar.length / 512 - 1; blocks++) {
      await expect(unpackArchive(gzipSync(tar.subarray(0, blocks * 512)))).rejects.toEqual(refusal(/cut off|tar file/));
    }
    await expect(unpackArchive(gzipSync(tar.subarray(0, 700)))).rejects.toEqual(refusal(/cut off/));
  });

  it('refuses what is not gzip and what is not tar', async () => {
    await expect(unpackArchive(Buffer.from('no archive'))).rejects.toEqual(refusal(/gzip/));
    const noise = Buffer.concat([Buffer.alloc(1024, 7), Buffer.alloc(1024)]);
    await expect(unpackArchive(gzipSync(noise))).rejects.toEqual(refusal(/tar file/));
  });

  it('refuses a small archive that unpacks to a very large one, without unpacking it all', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const limits = { packed: 2 ** 20, unpacked: 2 ** 20, files: 10 };
    expect(bomb.length).toBeLessThan(limits.packed);
    await expect(unpackArchive(bomb, limits)).rejects.toEqual(refusal(/larger than 1048576 bytes/));
  });

  it('refuses too many bytes and too many files', async () => {
    const tar = gzipSync(await tarOf({ name: 'a' }, { name: 'b' }, { name: 'c' }));
    await expect(unpackArchive(tar, { packed: 10, unpacked: 1e6, files: 10 })).rejects.toEqual(
      refusal(/larger than 10/),
    );
    await expect(unpackArchive(tar, { packed: 1e6, unpacked: 1e6, files: 2 })).rejects.toEqual(
      refusal(/more than 2 files/),
    );
  });
});

describe('writing an archive', () => {
  it('gives back what went in, and the same bytes for the same files in any order', async () => {
    const long = `cases/${'een-hele-lange-zin-'.repeat(9)}.yaml`;
    const files = new Map([
      ['b.json', Buffer.from('{}')],
      ['a/é', Buffer.from('ü')],
      [long, Buffer.from('id: A01')],
    ]);
    const packed = await packArchive(files);
    const again = await packArchive(new Map([...files].reverse()));
    expect(again.equals(packed)).toBe(true);
    const unpacked = await unpackArchive(packed);
    expect([...unpacked].map(([name, content]) => [name, text(content)]).sort()).toEqual(
      [...files].map(([name, content]) => [name, text(content)]).sort(),
    );
  });
});
