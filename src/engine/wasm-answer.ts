const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** A number that may not survive a double; it may also be part of a text, which the closer look finds out. */
const LONG_NUMBER = /[:,[]-?[0-9.]{16,}|[0-9]e[+]?[0-9]{3}/i;

/** An evaluation answers `[{"result": …}]`, or `[]` for undefined. */
export function boundResult(answer: string): unknown {
  if (LONG_NUMBER.test(answer)) refuseLossyNumbers(answer);
  const bindings: unknown = JSON.parse(answer);
  if (!Array.isArray(bindings) || bindings.length > 1) throw new Error('the module answered in an unknown form');
  // Keys 1 and "1" are two in Rego and one as text; the parser keeps the last, and a value would be lost without a word.
  if (keysWritten(answer) !== keysHeld(bindings)) {
    throw new Error('the policy answered with an object of which two keys have one text');
  }
  return bindings[0]?.result;
}

/** How many members the objects in a JSON text of the module have, which writes no space before a colon. */
function keysWritten(json: string): number {
  let keys = 0;
  for (let open = json.indexOf('"'); open >= 0; ) {
    let close = json.indexOf('"', open + 1);
    while (isEscaped(json, close)) close = json.indexOf('"', close + 1);
    if (json.charCodeAt(close + 1) === COLON) keys += 1;
    open = json.indexOf('"', close + 1);
  }
  return keys;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function keysHeld(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const member of Object.values(value)) keys += keysHeld(member);
  return keys;
}

/** Wasm keeps number literals as they were written; a double does not, and an answer must not change on its way out. */
function refuseLossyNumbers(answer: string): void {
  const numbers = answer.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').match(/-?[0-9][0-9.eE+-]*/g) ?? [];
  const lossy = numbers.some((literal) => {
    const number = Number(literal);
    return !Number.isFinite(number) || (/^-?[0-9]+$/.test(literal) && BigInt(literal) !== BigInt(number));
  });
  if (lossy) throw new Error('the policy answered with a number that a double cannot hold');
}
