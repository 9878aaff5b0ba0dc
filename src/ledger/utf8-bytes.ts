/** Bytes. */
const KEPT = 256 * 1024;

/**
 * Texts as UTF-8, one after the other, in a buffer that is used again. Each text is written by itself: put together first, one
 * that holds a curly quote would make the whole of them twice as wide before it is narrowed again.
 */
export class Utf8Bytes {
  #bytes = Buffer.allocUnsafe(KEPT);
  #length = 0;

  clear(): void {
    this.#length = 0;
    // What one large record needed is not held on to.
    if (this.#bytes.length > KEPT) this.#bytes = Buffer.allocUnsafe(KEPT);
  }

  add(text: string): void {
    this.#makeRoom(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /** Room for so many bytes, which who takes them fills. */
  leaveOpen(bytes: number): void {
    this.#makeRoom(bytes);
    this.#length += bytes;
  }

  #makeRoom(bytes: number): void {
    const most = this.#length + bytes;
    if (most <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(most * 2);
    this.#bytes.copy(wider, 0, 0, this.#length);
    this.#bytes = wider;
  }

  /** What has been added since `clear`. Valid until something is added or cleared. */
  taken(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
