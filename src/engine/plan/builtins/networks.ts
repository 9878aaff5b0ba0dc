import { isIPv4, isIPv6 } from 'node:net';
import type { Value } from '../values.ts';
import { spend } from '../work.ts';
import type { Budget, Builtin } from './budget.ts';

interface Network {
  readonly bits: 32 | 128;
  /** The address with everything behind the prefix set to zero. */
  readonly first: bigint;
  readonly prefix: number;
}

function address(text: string): { bits: 32 | 128; value: bigint } | undefined {
  if (isIPv4(text)) return { bits: 32, value: joined(text.split('.').map(Number), 8) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return { bits: 128, value: joined(groups(text), 16) };
}

const MAPPED = 0xffffn;
const MAPPED_PREFIX = 96;

/** `::ffff:10.0.0.1` is 10.0.0.1, as in Go. */
function unmapped(given: Network): Network {
  if (given.bits === 32 || given.first >> 32n !== MAPPED) return given;
  return { bits: 32, first: given.first & 0xffffffffn, prefix: given.prefix - MAPPED_PREFIX };
}

function joined(parts: readonly number[], width: number): bigint {
  return parts.reduce((value, part) => (value << BigInt(width)) | BigInt(part), 0n);
}

/** The eight groups of an IPv6 address that is known to be valid. */
function groups(text: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  let plain = text;
  if (dotted !== null) {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(1).map(Number);
    plain = `${text.slice(0, dotted.index)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const read = (half: string | undefined): number[] =>
    half === undefined || half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16));
  const [head, tail] = plain.split('::');
  const before = read(head);
  const after = read(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function network(text: string): Network | undefined {
  spend(4);
  const slash = text.indexOf('/');
  const suffix = text.slice(slash + 1);
  const base = slash < 0 ? undefined : address(text.slice(0, slash));
  if (base === undefined || !/^\d{1,3}$/.test(suffix) || Number(suffix) > base.bits) return undefined;
  const free = BigInt(base.bits - Number(suffix));
  return unmapped({ bits: base.bits, first: (base.value >> free) << free, prefix: Number(suffix) });
}

function covers(outer: Network, inner: Network): boolean {
  if (outer.bits !== inner.bits || outer.prefix > inner.prefix) return false;
  const free = BigInt(outer.bits - outer.prefix);
  return outer.first >> free === inner.first >> free;
}

function contains(_: Budget, cidr?: Value, part?: Value): Value | undefined {
  if (typeof cidr !== 'string' || typeof part !== 'string') return undefined;
  const outer = network(cidr);
  const single = address(part);
  const inner = single ? unmapped({ bits: single.bits, first: single.value, prefix: single.bits }) : network(part);
  return outer === undefined || inner === undefined ? undefined : covers(outer, inner);
}

function intersects(_: Budget, a?: Value, b?: Value): Value | undefined {
  const one = typeof a === 'string' ? network(a) : undefined;
  const two = typeof b === 'string' ? network(b) : undefined;
  return one === undefined || two === undefined ? undefined : covers(one, two) || covers(two, one);
}

export const NETWORKS: Readonly<Record<string, Builtin>> = {
  'net.cidr_contains': contains,
  'net.cidr_overlap': contains,
  'net.cidr_intersects': intersects,
};
