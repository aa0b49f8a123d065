#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/recipe.h"

namespace podrun::images {

namespace {

// Offsets in a tar header (POSIX pax, "ustar Interchange Format"; GNU tar, "Basic Tar Format").
constexpr std::size_t kBlock = 512;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeLength = 12;
constexpr std::size_t kTypeAt = 156;
constexpr std::size_t kSparseMoreAt = 482;           // in the first header of a GNU sparse file
constexpr std::size_t kSparseStillMoreAt = 504;      // in the ones that follow
constexpr std::uint64_t kLargestExtended = 1 << 20;  // libarchive's limit too
constexpr std::size_t kMostPending = 8 << 20;

std::uint64_t padded(std::uint64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

/// Octal digits, or where the first bit is set, base 256. Nothing for a negative or absurd number.
std::optional<std::uint64_t> number(std::string_view field) {
  std::uint64_t value = 0;
  if ((field[0] & 0x80) != 0) {
    if (static_cast<unsigned char>(field[0]) != 0x80) return std::nullopt;
    for (const char c : field.substr(1)) {
      if (value >> 54 != 0) return std::nullopt;
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
  }
  const auto start = field.find_first_not_of(' ');
  if (start == std::string_view::npos) return 0;
  for (const char c : field.substr(start)) {
    if (c < '0' || c > '7') break;
    value = value << 3 | static_cast<unsigned>(c - '0');
  }
  return value;
}

std::optional<std::int64_t> decimal(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.size() > 18) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

RecipeWriter::RecipeWriter(Fd file, std::string what) : what_(std::move(what)) {
  out_ = ::gzdopen(file.get(), "wb1");
  if (out_ == nullptr) throw Error(what_ + ": write its recipe");
  static_cast<void>(file.release());
}

RecipeWriter::~RecipeWriter() {
  if (out_ != nullptr) ::gzclose(out_);
}

void RecipeWriter::refuse(const std::string& why) const { throw BadInput(what_ + ": " + why); }

void RecipeWriter::feed(const char* data, std::size_t size) {
  while (size > 0) {
    const std::size_t used = take(data, size);
    data += used;
    size -= used;
    if (left_ == 0 && state_ != State::kTrailer) part_complete();
  }
}

std::size_t RecipeWriter::take(const char* data, std::size_t size) {
  const std::size_t used = state_ == State::kTrailer
                               ? size
                               : static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
  switch (state_) {
    case State::kHeader:
    case State::kSparseHeader:
    case State::kExtended:
      part_.append(data, used);
      break;
    case State::kVerbatim:
    case State::kTrailer:
      keep({data, used});
      break;
    case State::kPayload:
      break;
  }
  left_ -= std::min<std::uint64_t>(left_, used);
  return used;
}

void RecipeWriter::part_complete() {
  switch (state_) {
    case State::kHeader:
      return take_header();
    case State::kExtended:
      return take_extended();
    case State::kSparseHeader:
      keep(part_);
      if (part_[kSparseStillMoreAt] != 0) return enter(State::kSparseHeader, kBlock);
      return enter(State::kVerbatim, sparse_body_);
    case State::kPayload:
      return enter(State::kVerbatim, padding_);
    default:
      return next_header();
  }
}

void RecipeWriter::enter(State state, std::uint64_t size) {
  part_.clear();
  state_ = state;
  left_ = size;
  if (size == 0 && state != State::kTrailer) part_complete();
}

void RecipeWriter::take_header() {
  keep(part_);
  if (part_.find_first_not_of('\0') == std::string::npos) return enter(State::kTrailer, 0);
  const char type = part_[kTypeAt];
  auto size = number(std::string_view(part_).substr(kSizeAt, kSizeLength));
  const bool extended = std::strchr("xXgLK", type) != nullptr && type != '\0';
  if (!extended && pax_size_ >= 0) size = static_cast<std::uint64_t>(pax_size_);
  if (!size || *size > (std::uint64_t{1} << 62)) refuse("damaged tar header (size)");
  if (extended && *size > kLargestExtended) refuse("a tar header larger than 1 MiB");
  if (type == 'x' || type == 'X') {
    extended_size_ = static_cast<std::size_t>(*size);
    return enter(State::kExtended, padded(*size));
  }
  start_body(type, *size);
  if (!extended) {
    pax_size_ = -1;
    pax_sparse_ = false;
  }
}

void RecipeWriter::start_body(char type, std::uint64_t size) {
  switch (type) {
    case 'g':
    case 'L':
    case 'K':
      return enter(State::kVerbatim, padded(size));
    case '0':
    case '\0':
    case '7':
      if (pax_sparse_) {
        pending_.push_back({Kind::kSparseFile, 0, ""});
        return enter(State::kVerbatim, padded(size));
      }
      if (size == 0) return next_header();
      pending_.push_back({Kind::kPayload, size, ""});
      padding_ = padded(size) - size;
      return enter(State::kPayload, size);
    case 'S': {
      pending_.push_back({Kind::kSparseFile, 0, ""});
      sparse_body_ = padded(size);
      const bool more = part_[kSparseMoreAt] != 0;
      return more ? enter(State::kSparseHeader, kBlock) : enter(State::kVerbatim, sparse_body_);
    }
    case '1':
      // Whether data follow is something that readers guess.
      if (size != 0) refuse("a hard link with data");
      return next_header();
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
      return next_header();
    default:
      refuse("an entry of the unknown type " + in_quotes(std::string(1, type)));
  }
}

/// "<length> <key>=<value>\n" each (POSIX pax, "pax Extended Header").
void RecipeWriter::take_extended() {
  keep(part_);
  std::string_view rest = std::string_view(part_).substr(0, extended_size_);
  while (!rest.empty()) {
    const auto space = rest.find(' ');
    const auto length = decimal(rest.substr(0, space));
    if (space == std::string_view::npos || !length || *length <= static_cast<std::int64_t>(space) ||
        static_cast<std::uint64_t>(*length) > rest.size())
      break;  // libarchive says what it makes of it
    const auto record = rest.substr(space + 1, static_cast<std::size_t>(*length) - space - 1);
    rest.remove_prefix(static_cast<std::size_t>(*length));
    const auto equals = record.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = record.substr(0, equals);
    if (key == "size") {
      std::string_view value = record.substr(equals + 1);
      if (!value.empty() && value.back() == '\n') value.remove_suffix(1);
      const auto size = decimal(value);
      if (!size) refuse("damaged tar header (size)");
      pax_size_ = *size;
    }
    if (key.substr(0, 11) == "GNU.sparse.") pax_sparse_ = true;
  }
  next_header();
}

void RecipeWriter::keep(std::string_view bytes) {
  if (pending_.empty()) return write_verbatim(bytes);
  if (pending_.back().kind != Kind::kVerbatim) pending_.push_back({Kind::kVerbatim, 0, ""});
  pending_.back().bytes += bytes;
  pending_bytes_ += bytes.size();
  if (pending_bytes_ > kMostPending) refuse("tar headers that contradict each other");
}

void RecipeWriter::flush_verbatim() {
  while (!pending_.empty() && pending_.front().kind == Kind::kVerbatim) {
    write_verbatim(pending_.front().bytes);
    pending_bytes_ -= pending_.front().bytes.size();
    pending_.pop_front();
  }
}

void RecipeWriter::file(const std::string& path, std::uint64_t size) {
  flush_verbatim();
  if (pending_.empty()) refuse("tar headers that contradict each other at " + in_quotes(path));
  const Record record = std::move(pending_.front());
  pending_.pop_front();
  if (record.kind == Kind::kPayload) {
    if (record.size != size) refuse("tar headers that contradict each other at " + in_quotes(path));
    const auto length = static_cast<std::uint16_t>(path.size());
    write("F", 1);
    write(&size, sizeof size);
    write(&length, sizeof length);
    write(path.data(), path.size());
  }
  flush_verbatim();
}

void RecipeWriter::finish() {
  flush_verbatim();
  if (!pending_.empty()) refuse("tar headers that contradict each other");
  if (state_ != State::kTrailer && !(state_ == State::kHeader && part_.empty()))
    refuse("truncated tar archive");
  if (::gzclose(std::exchange(out_, nullptr)) != Z_OK) throw Error(what_ + ": write its recipe");
}

void RecipeWriter::write_verbatim(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto length = static_cast<std::uint32_t>(bytes.size());
  write("V", 1);
  write(&length, sizeof length);
  write(bytes.data(), bytes.size());
}

void RecipeWriter::write(const void* data, std::size_t size) {
  if (size > 0 && ::gzwrite(out_, data, static_cast<unsigned>(size)) != static_cast<int>(size))
    throw_errno(what_ + ": write its recipe");
}

}  // namespace podrun::images
