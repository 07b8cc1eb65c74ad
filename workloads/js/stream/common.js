// Stream: the echo of a request's body, which comes in chunks.
//
// params.chunks: how many.

function mix(value, n) { return (value * 31 + n) | 0; }

// A Source is where a readable stream gets its chunks from.
class Source {
  constructor(request) {
    this.request = request;
    this.offset = 0;
  }

  // read is an asynchronous step: it yields the next chunk, or null at the end.
  read(done) {
    if (this.offset === params.chunks) return settle(null, null, done);
    const chunk = { offset: this.offset, data: mix(this.request, this.offset) };
    this.offset++;
    return settle(null, chunk, done);
  }
}

// A Response gets the echo.
class Response {
  constructor(request) {
    this.sum = request;
    this.chunks = 0;
    this.open = true;
  }

  write(chunk) {
    if (!this.open || chunk.offset !== this.chunks) throw new Error('chunk ' + chunk.offset + ' out of order');
    this.sum = mix(this.sum, chunk.data);
    this.chunks++;
  }

  end() {
    this.open = false;
    return mix(this.sum, this.chunks);
  }
}
