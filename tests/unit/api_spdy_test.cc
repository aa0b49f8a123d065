#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <string>
#include <vector>

#include "supervisor/api/server/spdy.h"
#include "tests/support/spdy_client.h"

namespace podrun::api {
namespace {

using test::big_endian;
using test::frame;
using Client = test::SpdyClient;

std::string stream_type(const std::string& type) {
  return test::spdy_headers({{"streamtype", type}});
}

bool fails(const std::string& bytes) {
  SpdyDecoder decoder(1000);
  decoder.feed(bytes);
  while (decoder.next()) {
  }
  return decoder.failed();
}

TEST(Spdy, HasTheDictionaryOfTheSpecification) {
  const std::string& words = spdy_dictionary();
  // What every SPDY/3 client's zlib header names.
  EXPECT_EQ(adler32(adler32(0, nullptr, 0), reinterpret_cast<const Bytef*>(words.data()),
                    static_cast<uInt>(words.size())),
            0xe3c6a7c2u);
}

TEST(SpdyDecoder, TakesStreamsAndDataByteByByte) {
  Client client;
  // In this order: each header block is compressed with what came before.
  std::string bytes = client.open_stream(1, stream_type("error"));
  bytes += client.open_stream(3, stream_type("stdin"));
  bytes += frame(3, 0, "hello") + frame(3, 1, "") + frame(0x80030006, 0, big_endian(7));
  SpdyDecoder decoder(1000);
  std::vector<SpdyFrame> seen;
  for (const char c : bytes) {
    decoder.feed({&c, 1});
    while (auto next = decoder.next()) seen.push_back(std::move(*next));
  }
  ASSERT_EQ(seen.size(), 5u);
  EXPECT_EQ(seen[0].headers.at("streamtype"), "error");
  EXPECT_EQ(seen[1].kind, SpdyFrame::Kind::kStream);
  EXPECT_EQ(seen[1].id, 3u);
  EXPECT_EQ(seen[1].headers.at("streamtype"), "stdin");
  EXPECT_EQ(seen[2].payload, "hello");
  EXPECT_FALSE(seen[2].final);
  EXPECT_TRUE(seen[3].final);
  EXPECT_EQ(seen[4].kind, SpdyFrame::Kind::kPing);
  EXPECT_EQ(seen[4].id, 7u);
}

TEST(SpdyDecoder, SkipsWhatHasNoMeaning) {
  SpdyDecoder decoder(1000);
  decoder.feed(frame(0x80030004, 0, big_endian(0)) + frame(0x80030007, 0, std::string(8, '\0')) +
               frame(5, 0, "x"));
  const auto next = decoder.next();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->payload, "x");
}

TEST(SpdyDecoder, FailsOnABrokenProtocol) {
  EXPECT_TRUE(fails(frame(0x80020001, 0, std::string(20, '\0'))));  // SPDY/2
  EXPECT_TRUE(fails(frame(0x80030001, 0, "short")));
  EXPECT_TRUE(fails(frame(0x80030001, 0, std::string(10, '\0') + "no zlib at all")));
  Client count, size;
  EXPECT_TRUE(fails(count.open_stream(1, big_endian(0xffffffff))));
  EXPECT_TRUE(fails(size.open_stream(1, big_endian(1) + big_endian(0xffffffff) + "a")));
}

TEST(SpdyDecoder, BoundsFramesAndWhatTheyUnpackTo) {
  EXPECT_FALSE(fails(frame(1, 0, std::string(1000, 'x'))));
  EXPECT_TRUE(fails(frame(1, 0, std::string(1001, 'x')).substr(0, 8)));
  Client client;
  EXPECT_TRUE(fails(client.open_stream(1, stream_type(std::string(100000, 'x')))));
}

TEST(SpdyEncoder, RepliesWithoutHeaders) {
  SpdyEncoder encoder;
  z_stream zlib{};
  inflateInit(&zlib);
  for (const std::uint32_t id : {1u, 3u}) {
    std::string reply = encoder.reply(id);
    EXPECT_EQ(reply.substr(0, 4), std::string("\x80\x03\0\x02", 4));
    EXPECT_EQ(reply.substr(8, 4), big_endian(id));
    std::array<char, 100> text{};
    zlib.next_in = reinterpret_cast<Bytef*>(reply.data()) + 12;
    zlib.avail_in = static_cast<uInt>(reply.size() - 12);
    zlib.next_out = reinterpret_cast<Bytef*>(text.data());
    zlib.avail_out = text.size();
    const std::string& words = spdy_dictionary();
    if (inflate(&zlib, Z_SYNC_FLUSH) == Z_NEED_DICT) {
      inflateSetDictionary(&zlib, reinterpret_cast<const Bytef*>(words.data()),
                           static_cast<uInt>(words.size()));
      inflate(&zlib, Z_SYNC_FLUSH);
    }
    EXPECT_EQ(std::string(text.data(), text.size() - zlib.avail_out), big_endian(0));
  }
  inflateEnd(&zlib);
}

TEST(SpdyEncoder, MarksTheLastData) {
  EXPECT_EQ(SpdyEncoder::data(5, "ab", false), frame(5, 0, "ab"));
  EXPECT_EQ(SpdyEncoder::data(5, "", true), frame(5, 1, ""));
  EXPECT_EQ(SpdyEncoder::ping(2), frame(0x80030006, 0, big_endian(2)));
}

}  // namespace
}  // namespace podrun::api
