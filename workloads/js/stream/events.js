// Like Node.js' streams in flowing mode, which the first listener of data starts.
class Readable extends Emitter {
  constructor(source) {
    super();
    this.source = source;
  }

  on(name, listener) {
    super.on(name, listener);
    if (name === 'data') this.flow();
    return this;
  }

  flow() {
    this.source.read((error, chunk) => {
      if (chunk === null) {
        this.emit('end');
        return;
      }
      this.emit('data', chunk);
      this.flow();
    });
  }
}

function operation(i, done) {
  const response = new Response(i);
  new Readable(new Source(i))
    .on('data', (chunk) => response.write(chunk))
    .on('end', () => done(null, response.end()));
}
