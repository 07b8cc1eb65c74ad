function operation(i, done) {
  const blob = createBlob(i);
  const tx = begin(i);

  function fail(error) {
    rollback(tx, (_, checksum) => {
      error.checksum = checksum;
      done(error);
    });
  }

  putStream(tx, blob, (error, blobId) => {
    if (error) return fail(error);
    findFile(tx, blob, (error, file) => {
      if (error) return fail(error);
      insertVersion(tx, versionOf(blob, blobId, file), (error, versionId) => {
        if (error) return fail(error);
        if (file !== null) return link(file.id);
        createInsert(tx, versionId, (error, query) => {
          if (error) return fail(error);
          executeInsert(tx, query, (error, fileId) => {
            if (error) return fail(error);
            link(fileId);
          });
        });

        function link(fileId) {
          linkVersion(tx, fileId, versionId, (error, linkId) => {
            if (error) return fail(error);
            updateFile(tx, fileId, linkId, (error, row) => {
              if (error) return fail(error);
              commit(tx, row, (error, receipt) => {
                if (error) return fail(error);
                done(null, receipt);
              });
            });
          });
        }
      });
    });
  });
}
