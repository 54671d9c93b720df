// Protobuf's wire format (protobuf.dev/programming-guides/encoding), written and not read: varints, 32-bit and 64-bit
// floats, length-delimited fields. Which fields a message has is its writer's to know.

/** One message; fields stand in the order of the calls. */
export class ProtoWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A whole number of any integer type without zigzag; true and false are 1 and 0. */
  int(field: number, value: number): this {
    return this.#varint(field * 8).#varint(value);
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    return this.#raw(new Uint8Array(new Float32Array([value]).buffer));
  }

  double(field: number, value: number): this {
    this.#varint(field * 8 + 1);
    return this.#raw(new Uint8Array(new Float64Array([value]).buffer));
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + 2)
      .#varint(value.length)
      .#raw(value);
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.finish());
  }

  packed(field: number, values: readonly number[]): this {
    const list = new ProtoWriter();
    for (const value of values) list.#varint(value);
    return this.message(field, list);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Negative numbers take ten bytes, as two's complement of 64 bits. */
  #varint(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#raw(bytes);
  }

  #raw(bytes: ArrayLike<number>): this {
    if (this.#length + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.#length + bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }
}
