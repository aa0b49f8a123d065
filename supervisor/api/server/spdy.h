// The server's side of SPDY/3.1 as far as Kubernetes' clients before WebSocket use it: streams with
// headers, data both ways, pings. No priorities, pushes, or flow control: they use none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace podrun::api {

/// What zlib keeps from one header block to the next.
struct SpdyZlib;
struct SpdyZlibDeleter {
  void operator()(SpdyZlib* zlib) const;
};
using SpdyZlibPtr = std::unique_ptr<SpdyZlib, SpdyZlibDeleter>;

struct SpdyFrame {
  enum class Kind { kStream, kData, kReset, kPing };
  Kind kind = Kind::kData;
  std::uint32_t id = 0;  // of the stream, or of the ping
  bool final = false;    // the client says nothing more on the stream
  std::string payload;   // of kData
  std::map<std::string, std::string, std::less<>> headers;  // of kStream; names in lower case
};

/// Takes a client's bytes in pieces of any size.
class SpdyDecoder {
 public:
  /// `limit`: of one frame, and of one header block's text, in bytes.
  explicit SpdyDecoder(std::size_t limit);

  void feed(std::string_view bytes);
  /// The next frame that means something here.
  std::optional<SpdyFrame> next();
  /// The client broke the protocol: nothing is decoded from then on.
  bool failed() const { return failed_; }

 private:
  std::optional<SpdyFrame> control(std::uint16_t type, bool final, std::string_view body);
  std::optional<SpdyFrame> fail();
  bool read_headers(std::string_view block, SpdyFrame& frame);

  std::size_t limit_;
  std::string input_;
  std::size_t taken_ = 0;  // of input_
  bool failed_ = false;
  SpdyZlibPtr zlib_;
};

class SpdyEncoder {
 public:
  SpdyEncoder();
  /// Accepts a stream.
  std::string reply(std::uint32_t stream);
  /// At most 2^24 - 1 bytes; `final`: nothing more follows on the stream.
  static std::string data(std::uint32_t stream, std::string_view bytes, bool final);
  static std::string ping(std::uint32_t id);

 private:
  SpdyZlibPtr zlib_;
};

/// The words that both sides' zlib knows beforehand (SPDY/3, section 2.6.10.1).
const std::string& spdy_dictionary();

}  // namespace podrun::api
