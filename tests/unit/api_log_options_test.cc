// What of a log is asked for, and what may not be.
#include <gtest/gtest.h>

#include "supervisor/api/api_error.h"
#include "supervisor/api/log_options.h"

namespace podrun::api {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

LogOptions options_of(const Query& query) {
  Request request;
  request.query = query;
  return log_options(request, "lp");
}

std::string refused(const Query& query) {
  try {
    options_of(query);
  } catch (const ApiError& error) {
    return std::to_string(error.code()) + " " + error.what();
  }
  return "";
}

TEST(LogOptions, ReadsAQuery) {
  const LogOptions options =
      options_of({{"limitBytes", "1"}, {"sinceSeconds", "5"}, {"stream", "Stderr"}});
  EXPECT_EQ(options.limit_bytes, 1);
  EXPECT_EQ(options.since_seconds, 5);
  EXPECT_EQ(options.stream, "Stderr");
  EXPECT_EQ(options_of({{"tailLines", "0"}}).tail_lines, 0);
  EXPECT_EQ(options_of({}).stream, "All");
}

TEST(LogOptions, RefusesInKubernetesWords) {
  const std::string head = "422 PodLogOptions \"lp\" is invalid: ";
  EXPECT_EQ(refused({{"sinceSeconds", "0"}}),
            head + "sinceSeconds: Invalid value: 0: must be greater than 0");
  EXPECT_EQ(refused({{"limitBytes", "-3"}}),
            head + "limitBytes: Invalid value: -3: must be greater than 0");
  EXPECT_EQ(refused({{"tailLines", "-1"}}),
            head + "tailLines: Invalid value: -1: must be greater than or equal to 0");
  EXPECT_EQ(refused({{"sinceSeconds", "1"}, {"sinceTime", "2026-01-01T00:00:00Z"}}),
            head + "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified");
  EXPECT_EQ(
      refused({{"stream", "both"}}),
      head + R"(stream: Unsupported value: "both": supported values: "All", "Stderr", "Stdout")");
  EXPECT_EQ(refused({{"stream", "Stdout"}, {"tailLines", "1"}}),
            head + "Forbidden: `tailLines` and specific `stream` are mutually exclusive for now");
  EXPECT_TRUE(refused({{"tailLines", "x"}}).starts_with("400 "));
  EXPECT_TRUE(refused({{"sinceTime", "today"}}).starts_with("400 sinceTime: "));
}

}  // namespace
}  // namespace podrun::api
