// An HTTP/1 response as it comes in, byte by byte. Pure, total and bounded; what it accepts and how
// it words its errors is what Go's net/http does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::pod {

/// Feed it until finished(). 1xx responses other than 101 are skipped.
class HttpResponseParser {
 public:
  enum class State {
    kStatusLine,
    kHeaders,
    kBody,
    kDone,
    kFailed,
  };

  /// Of the body, so many bytes are kept; then the response counts as complete (kubelet's
  /// maxRespBodyLength).
  static constexpr std::size_t kBodyLimit = 10u << 10;
  /// net/http's default for the status line and headers of one response.
  static constexpr std::uint64_t kHeaderLimit = 10u << 20;

  /// Takes what was read; what follows the end is ignored.
  void feed(std::string_view bytes);
  /// The connection ended: `error` is empty for an orderly end, else why reading failed.
  void end(std::string_view error = {});

  State state() const { return state_; }
  bool finished() const { return state_ == State::kDone || state_ == State::kFailed; }
  /// True once status(), location() and the body's framing are known.
  bool head_complete() const { return head_complete_; }
  /// Whether any byte came.
  bool begun() const { return begun_; }

  int status() const { return status_; }
  const std::string& location() const { return location_; }
  const std::string& body() const { return body_; }
  /// At kFailed: `malformed HTTP response "…"`. Before head_complete() the response is broken,
  /// after it the body.
  const std::string& error() const { return error_; }

 private:
  enum class Framing { kNone, kLength, kChunked, kUntilEnd };
  enum class Chunk { kSize, kData, kDataEnd, kTrailer };

  void fail(std::string error);
  /// Moves bytes up to a line feed into line_. True when the line is whole.
  bool take_line(std::string_view& bytes);
  void line_complete();
  void status_line(std::string_view line);
  void header_line(std::string_view line);
  void header(std::string_view line);
  void head_ends();
  bool frame_by_length();
  void body(std::string_view& bytes);
  void keep_body(std::string_view bytes);
  void chunked(std::string_view& bytes);
  void chunk_size(std::string_view line);
  void chunk_trailer(std::string_view& bytes);

  State state_ = State::kStatusLine;
  bool begun_ = false, head_complete_ = false;
  std::string line_;    // the line that is being read
  std::string header_;  // the header that may go on in the next line
  bool first_header_ = true;
  std::uint64_t head_bytes_ = 0;  // since the last 1xx response
  int informational_ = 0;

  int status_ = 0, major_ = 0, minor_ = 0;
  std::string location_, body_, error_;
  bool has_location_ = false;
  std::vector<std::string> content_lengths_, transfer_encodings_;

  Framing framing_ = Framing::kNone;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  Chunk chunk_ = Chunk::kSize;
  std::int64_t overhead_ = 0;  // of chunked encoding, beyond what data excuses
};

}  // namespace podrun::pod
