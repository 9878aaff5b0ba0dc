import { describe, expect, it } from 'vitest';
import { withoutControls } from '../../src/cli/terminal.ts';

describe('what a command prints', () => {
  it('holds no character that moves the cursor, colours, renames the window or turns the writing direction', () => {
    const hostile = 'a\u001b]0;pwned\u0007b\u001b[31mc\u009b2Jd\u202ee\r\bf';
    expect(withoutControls(hostile)).toBe('a\ufffd]0;pwned\ufffdb\ufffd[31mc\ufffd2Jd\ufffde\ufffd\ufffdf');
  });

  it('keeps lines, tabs and what people write', () => {
    const text = 'Één vraag,\n\t‘de naam’ — zoë 👍🏽';
    expect(withoutControls(text)).toBe(text);
  });
});
