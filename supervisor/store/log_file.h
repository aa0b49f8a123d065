// SQLite's log beside the database (podrun.db-wal): SQLite plays it up to the first frame that is
// not as it was written and forgets the rest without a word, which is right for a write that a
// power cut tore and wrong for a damaged file.
#pragma once

#include <string>

namespace podrun::store {

/// What is wrong with the log at `path`; "" where nothing is, or where there is none. Each
/// transaction is on the disk before the next one is written, so that only the last may be torn: a
/// broken frame that a later transaction follows is damage. A log that was cut, or whose last
/// transaction was changed, cannot be told from a torn one.
std::string damage_of_log(const std::string& path);

}  // namespace podrun::store
