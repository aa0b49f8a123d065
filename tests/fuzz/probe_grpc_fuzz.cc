// What a gRPC server may send, in one piece and byte by byte: the call ends alike.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "supervisor/pod/probe_grpc_call.h"

using podrun::Seconds;
using podrun::pod::GrpcHealthCall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  GrpcHealthCall whole("127.0.0.1:1", ""), bytewise("127.0.0.1:1", "");
  whole.feed(input, Seconds(1));
  for (const char& byte : input) bytewise.feed({&byte, 1}, Seconds(1));
  whole.end();
  bytewise.end();
  const bool alike = whole.state() == bytewise.state() &&
                     whole.outcome().code == bytewise.outcome().code &&
                     whole.outcome().message == bytewise.outcome().message &&
                     whole.outcome().health == bytewise.outcome().health &&
                     whole.take_output() == bytewise.take_output();
  if (!alike || !whole.finished()) std::abort();
  return 0;
}
