// Like Node.js' streams, which are iterated by an async generator.
class Readable {
  constructor(source) { this.source = source; }

  async* [asyncIterator]() {
    for (;;) {
      const chunk = await this.source.read();
      if (chunk === null) return;
      yield chunk;
    }
  }
}

async function operation(i) {
  const response = new Response(i);
  for await (const chunk of new Readable(new Source(i))) response.write(chunk);
  return response.end();
}
