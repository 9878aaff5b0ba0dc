import { describe, expect, it } from 'vitest';
import { createGather, nextRoom } from '../../src/decision/in-step.ts';

/** A call through three rooms, which notes where it is. */
async function walk(name: string, gather: () => Promise<void>, seen: string[]): Promise<void> {
  await gather();
  seen.push(`reads ${name}`);
  await nextRoom();
  seen.push(`decides ${name}`);
  await nextRoom();
  seen.push(`records ${name}`);
}

describe('calls that come in together', () => {
  it('enter each room one after the other, in the order in which they came', async () => {
    const gather = createGather();
    const seen: string[] = [];
    await Promise.all(['a', 'b', 'c'].map((name) => walk(name, gather, seen)));
    expect(seen).toEqual(
      ['reads', 'decides', 'records'].flatMap((room) => ['a', 'b', 'c'].map((name) => `${room} ${name}`)),
    );
  });

  it('are not held up by one that fails', async () => {
    const gather = createGather();
    const seen: string[] = [];
    const failing = gather().then(() => {
      throw new Error('this one fails');
    });
    const others = [walk('a', gather, seen), walk('b', gather, seen)];
    await expect(failing).rejects.toThrow();
    await Promise.all(others);
    expect(seen).toHaveLength(6);
  });

  it('do not wait for those that come later, nor does a call alone wait for anyone', async () => {
    const gather = createGather();
    const seen: string[] = [];
    await walk('a', gather, seen);
    await walk('b', gather, seen);
    expect(seen.slice(0, 3)).toEqual(['reads a', 'decides a', 'records a']);
  });
});
