// Writes records as elements of the JSON array that `lookup` and `list` answer with.
#pragma once

#include "backend/reply.hpp"
#include "zone/record_sink.hpp"

namespace custdkim::backend {

class RecordJson final : public RecordSink {
  public:
    RecordJson(Reply& reply, std::uint32_t domain_id) : reply_(reply), domain_id_(domain_id) {}
    // What comes next is of another zone.
    void enter(std::uint32_t domain_id) { domain_id_ = domain_id; }
    void add(const RecordView& record) override;
    void between_batches() override { reply_.spill(); }

  private:
    Reply& reply_;
    std::uint32_t domain_id_;
    bool first_ = true;
};

}  // namespace custdkim::backend
