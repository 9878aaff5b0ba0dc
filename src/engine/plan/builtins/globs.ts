/**
 * A glob as a regular expression: `*` within a part, `**` across parts, `?` one character, `[abc]`, `[!a-z]`, `{a,b}`,
 * and a backslash before a character that stands for itself. Undefined where it is no glob.
 */
export function globToPattern(glob: string, separators: readonly string[]): string | undefined {
  if (separators.some((separator) => [...separator].length !== 1)) return undefined;
  const one = separators.length === 0 ? '.' : `[^${separators.map(escaped).join('')}]`;
  const points = [...glob];
  let at = 0;

  const range = (): string | undefined => {
    let negated = '';
    if (points[at] === '!') {
      negated = '^';
      at++;
    }
    const low = points[at];
    const high = points[at + 2];
    if (points[at + 1] === '-' && low !== undefined && high !== undefined) {
      at += 3;
      if (points[at++] !== ']' || low > high) return undefined;
      return `[${negated}${escaped(low)}-${escaped(high)}]`;
    }
    let listed = '';
    while (at < points.length && points[at] !== ']') {
      if (points[at] === '\\') at++;
      const point = points[at++];
      if (point !== undefined) listed += escaped(point);
    }
    if (points[at++] !== ']' || listed === '') return undefined;
    return `[${negated}${listed}]`;
  };

  const sequence = (nested: boolean): string | undefined => {
    let pattern = '';
    for (;;) {
      const point = points[at];
      if (point === undefined) return nested ? undefined : pattern;
      if (nested && (point === ',' || point === '}')) return pattern;
      at++;
      if (point === '*') {
        if (points[at] === '*') {
          at++;
          pattern += '.*';
        } else pattern += `${one}*`;
      } else if (point === '?') pattern += one;
      else if (point === '[') {
        const part = range();
        if (part === undefined) return undefined;
        pattern += part;
      } else if (point === '{') {
        const part = choices();
        if (part === undefined) return undefined;
        pattern += part;
      } else if (point === '\\') {
        const literal = points[at++];
        if (literal !== undefined) pattern += escaped(literal);
      } else pattern += escaped(point);
    }
  };

  const choices = (): string | undefined => {
    const parts: string[] = [];
    for (;;) {
      const part = sequence(true);
      if (part === undefined) return undefined;
      parts.push(part);
      if (points[at++] === '}') return `(?:${parts.join('|')})`;
    }
  };

  const whole = sequence(false);
  // `s`: a part may hold a line end, and the whole text must fit.
  return whole === undefined ? undefined : `(?s)^(?:${whole})$`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|\-,:"=<>/&~]/g, '\\$&');
}
