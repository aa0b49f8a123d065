// An HTTP/1.1 answer, parsed as its bytes arrive. Pure: no sockets.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::client {

struct AnswerHead {
  int status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case
  std::vector<std::string> warnings;                        // the text of each Warning header
};

class AnswerParser {
 public:
  AnswerParser();
  AnswerParser(AnswerParser&&) noexcept;
  AnswerParser& operator=(AnswerParser&&) noexcept;
  ~AnswerParser();

  /// Takes all bytes; what stands behind the answer is left over. Throws Error where it is no HTTP.
  void feed(std::string_view bytes);
  /// The peer has closed the connection. Throws Error where the answer is not complete.
  void end();

  bool has_head() const;
  bool is_done() const;
  const AnswerHead& head() const;
  /// What has come of the body since the last call.
  std::string take_body();
  /// What came behind the answer: of the protocol that a 101 has switched to.
  std::string take_leftover();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The text of a Warning header: `299 - "unknown field \"spec.foo\""`; as it is where it has
/// another form.
std::string warning_text(std::string_view header);

}  // namespace podrun::client
