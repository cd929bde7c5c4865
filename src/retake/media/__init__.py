"""Files in and out of FFmpeg's libraries; nothing else imports PyAV.

`source` opens, `probe` describes, `still` and `decode` read pictures; `picture` and `colour` are the values.
"""
